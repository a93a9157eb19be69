import { createRequire, registerHooks } from 'node:module';

/**
 * Preloaded into serverless-offline, which then runs every function in its own process (`in-process-runner.ts`).
 * By default it gives each concurrent invocation a worker thread, a JavaScript heap of its own that has to load,
 * compile and warm up everything again: measured here, more than twice the CPU, and at 64 at once eight times the memory.
 * It would also load TypeScript with tsx, though Node runs these files by itself
 * (https://nodejs.org/api/typescript.html): who asks for tsx gets this module, whose loader has nothing to do.
 */
const replacements = new Map([
  ['tsx/cjs/api', import.meta.url],
  ['tsx/esm/api', import.meta.url],
  ['./in-process-runner/index.js', import.meta.resolve('./in-process-runner.ts')],
]);

export const register = (): void => {};
export const require = createRequire(import.meta.url);

registerHooks({
  resolve(specifier, context, nextResolve) {
    const url = replacements.get(specifier);
    return url === undefined
      ? nextResolve(specifier, context)
      : { url, format: 'module-typescript', shortCircuit: true };
  },
});
