/** Removes a developer's own AWS settings, which must not reach the handlers or the programs that invoke them. */
export function withoutCloudAccount(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(environment).filter(([name]) => !name.startsWith('AWS_')));
}
