import { devNull } from 'node:os';

/** The framework's AWS clients send everything through a proxy, and know no exception for this machine. */
const ofTheDeveloper = /^AWS_|^(?:(?:https?|all|no)_)?proxy$|^NODE_USE_ENV_PROXY$/i;

/** In files of the developer there may be a region, an endpoint or FIPS, too. */
const noFiles = { AWS_CONFIG_FILE: devNull, AWS_SHARED_CREDENTIALS_FILE: devNull };

/** For a process that talks to this machine only: neither the developer's AWS settings nor a proxy. */
export const loopbackOnly = (environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv => ({
  ...Object.fromEntries(Object.entries(environment).filter(([name]) => !ofTheDeveloper.test(name))),
  ...noFiles,
});

/** The AWS SDK reads the environment of its own process, whatever a client is told. */
export function forgetCloudAccount(): void {
  for (const name of Object.keys(process.env)) if (name.startsWith('AWS_')) delete process.env[name];
  Object.assign(process.env, noFiles);
}
