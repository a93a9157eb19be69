/** A client of AWS's SDK, as far as it sends requests. */
interface Client {
  readonly config: {
    readonly requestHandler: {
      handle(request: never, options?: { readonly abortSignal?: unknown }): Promise<unknown>;
    };
  };
}

/**
 * Ends each attempt of a client after so long, its answer included. The SDK's own limits are over when an answer begins,
 * so a server that sends a byte now and then would hold a function until it is killed.
 * https://github.com/smithy-lang/smithy-typescript/blob/main/packages/node-http-handler/src/node-http-handler.ts
 */
export function limitAttempts({ config: { requestHandler } }: Client, limitMs: number): void {
  const handle = requestHandler.handle.bind(requestHandler);
  requestHandler.handle = (request, options) =>
    handle(request, { ...options, abortSignal: AbortSignal.timeout(limitMs) });
}
