import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import * as z from 'zod';
import { type RuntimeCall, runtimeCall } from './runtime-call.ts';

/** What an invocation came to: the function's answer, or the error that Lambda would show. */
export type Answer = { readonly answer: unknown } | { readonly error: FunctionError };
export const FunctionError = z.object({ errorType: z.string(), errorMessage: z.string() });
export type FunctionError = z.infer<typeof FunctionError>;

type Invocation = { readonly event: unknown; readonly deadlineMs: number; resolve(answer: Answer): void };

/**
 * The part of Lambda that a runtime speaks to, for one environment: one invocation at a time.
 * https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
 */
export class RuntimeApi {
  readonly #server = createServer((request, response) => void this.#serve(request, response));
  readonly #started = Promise.withResolvers<FunctionError | undefined>();
  readonly #arn: string;
  #idle: ServerResponse | undefined;
  #waiting: Invocation | undefined;
  #running: { readonly id: string; readonly invocation: Invocation } | undefined;

  constructor(arn: string) {
    this.#arn = arn;
  }

  /** The first time that the runtime asks for work, or why it cannot. */
  get started(): Promise<FunctionError | undefined> {
    return this.#started.promise;
  }

  /** @returns what AWS_LAMBDA_RUNTIME_API says */
  async listen(): Promise<string> {
    await once(this.#server.listen(0, '127.0.0.1'), 'listening');
    return `127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  close(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }

  invoke(event: unknown, deadlineMs: number): Promise<Answer> {
    const { promise, resolve } = Promise.withResolvers<Answer>();
    this.#waiting = { event, deadlineMs, resolve };
    this.#hand();
    return promise;
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const call = runtimeCall(request.method, request.url);
    if (call?.kind === 'next') {
      this.#idle = response;
      this.#started.resolve(undefined);
      this.#hand();
      return;
    }
    const body: unknown = JSON.parse((await text(request)) || 'null');
    response.writeHead(call === undefined ? 404 : 202, { 'content-type': 'application/json' });
    response.end('{"status":"OK"}');
    if (call !== undefined) this.#take(call, body);
  }

  #take(call: RuntimeCall, body: unknown): void {
    if (call.kind === 'init-error') this.#started.resolve(FunctionError.parse(body));
    if (!('requestId' in call) || call.requestId !== this.#running?.id) return;
    const { invocation } = this.#running;
    this.#running = undefined;
    invocation.resolve(call.kind === 'error' ? { error: FunctionError.parse(body) } : { answer: body });
  }

  /** Gives what waits to a runtime that is idle. */
  #hand(): void {
    const [response, invocation] = [this.#idle, this.#waiting];
    if (response === undefined || invocation === undefined) return;
    [this.#idle, this.#waiting] = [undefined, undefined];
    const id = randomUUID();
    this.#running = { id, invocation };
    response.writeHead(200, {
      'content-type': 'application/json',
      'lambda-runtime-aws-request-id': id,
      'lambda-runtime-deadline-ms': String(Math.round(invocation.deadlineMs)),
      'lambda-runtime-invoked-function-arn': this.#arn,
    });
    response.end(JSON.stringify(invocation.event));
  }
}
