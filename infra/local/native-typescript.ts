import { createRequire, registerHooks } from 'node:module';

/**
 * Preloaded into serverless-offline and, through it, into each of its workers. It would load TypeScript handlers
 * with tsx, which gives every worker a second thread and an esbuild process of its own: twice the memory and
 * twice the cold start. Node runs these files by itself (https://nodejs.org/api/typescript.html), so whoever
 * asks for tsx gets this module instead, whose loader has nothing to do.
 */
const tsxEntries = new Set(['tsx/cjs/api', 'tsx/esm/api']);

export const register = (): void => {};
export const require = createRequire(import.meta.url);

registerHooks({
  resolve(specifier, context, nextResolve) {
    if (!tsxEntries.has(specifier)) return nextResolve(specifier, context);
    return { url: import.meta.url, format: 'module-typescript', shortCircuit: true };
  },
});
