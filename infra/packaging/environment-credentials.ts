import { dirname } from 'node:path';
import type { Plugin } from 'esbuild';

const CHAIN = '@aws-sdk/credential-provider-node';
const ENVIRONMENT = '@aws-sdk/credential-provider-env';

/**
 * Lambda gives a function's credentials by its environment. The SDK also knows profiles, logins, other programs and
 * instance metadata: a sixth of a bundle that nobody runs. Without them, missing credentials fail at once, and not after
 * a wait for a metadata service that Lambda does not have.
 * https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html#configuration-envvars-runtime
 */
export const environmentCredentials: Plugin = {
  name: 'credentials of the environment',
  setup: (building) => {
    building.onResolve(
      { filter: new RegExp(`^${CHAIN}$`) },
      async ({ kind, importer, resolveDir, pluginData }) => {
        if (pluginData === CHAIN) return undefined;
        // Found from the chain's own folder, since it is the chain's dependency and no one else's.
        const chain = await building.resolve(CHAIN, { kind, importer, resolveDir, pluginData: CHAIN });
        return chain.errors.length > 0
          ? { errors: chain.errors }
          : { path: chain.path, namespace: CHAIN, sideEffects: false };
      },
    );
    building.onLoad({ filter: /./, namespace: CHAIN }, ({ path }) => ({
      contents: `export { fromEnv as defaultProvider } from '${ENVIRONMENT}';`,
      resolveDir: dirname(path),
    }));
  },
};
