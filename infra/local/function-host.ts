import { createRequire, registerHooks } from 'node:module';

/**
 * Preloaded into serverless-offline, which then runs every function in its own process (`in-process-runner.ts`).
 * By default each concurrent invocation gets a worker thread, with a JavaScript heap of its own that must load and warm
 * up everything again. Measured here, that took more than twice the CPU, and with 64 at once eight times the memory.
 * serverless-offline would also load TypeScript with tsx. Node runs these files by itself, so an import of tsx gets
 * this module, whose `register` does nothing. https://nodejs.org/api/typescript.html
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
