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

/** The servers of serverless-offline, by the files that make them: what they answer to whom is ours to say (`gateway/`). */
const servers = new Map([
  ['serverless-offline/src/events/http/HttpServer.js', import.meta.resolve('./gateway/gateway-server.ts')],
  ['serverless-offline/src/lambda/HttpServer.js', import.meta.resolve('./gateway/lambda-server.ts')],
]);

const serverFor = (parentUrl = ''): string | undefined =>
  [...servers].find(([file]) => parentUrl.endsWith(`/${file}`))?.[1];

export const register = (): void => {};
export const require = createRequire(import.meta.url);

registerHooks({
  resolve(specifier, context, nextResolve) {
    const url = specifier === '@hapi/hapi' ? serverFor(context.parentURL) : replacements.get(specifier);
    return url === undefined
      ? nextResolve(specifier, context)
      : { url, format: 'module-typescript', shortCircuit: true };
  },
});
