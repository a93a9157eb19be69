/** A developer's own AWS settings must reach neither the handlers nor what invokes them. */
export function withoutCloudAccount(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(environment).filter(([name]) => !name.startsWith('AWS_')));
}
