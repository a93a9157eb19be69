import { randomUUID } from 'node:crypto';
import { flawsOfAnswer, routeOf } from '../specs/answers.ts';

export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  // Each assertion says what it expects of the body.
  // biome-ignore lint/suspicious/noExplicitAny: the shape is what is being tested
  readonly body: any;
}

export interface OrderLine {
  readonly sku: string;
  readonly quantity: number;
}

/** A caller of the API with a token. */
export class Client {
  readonly #api: string;
  readonly #token: string;
  readonly #timeoutMs: number;

  constructor(api: string, token: string, timeoutMs = 60_000) {
    this.#api = api;
    this.#token = token;
    this.#timeoutMs = timeoutMs;
  }

  async call(
    method: string,
    path: string,
    body?: unknown,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Reply> {
    const response = await fetch(`${this.#api}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${this.#token}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      signal: AbortSignal.timeout(this.#timeoutMs),
    });
    const text = await response.text();
    checkAnswer(method, path, response, text);
    return {
      status: response.status,
      headers: response.headers,
      body: text === '' ? undefined : JSON.parse(text),
    };
  }

  async expect(
    status: number,
    method: string,
    path: string,
    body?: unknown,
    headers?: Readonly<Record<string, string>>,
  ): Promise<Reply['body']> {
    const reply = await this.call(method, path, body, headers);
    if (reply.status !== status) {
      throw new Error(
        `${method} ${path}: ${reply.status} instead of ${status}: ${JSON.stringify(reply.body)}`,
      );
    }
    return reply.body;
  }

  order(
    items: readonly OrderLine[],
    paymentMethod = 'pm_card_visa',
    key: string = randomUUID(),
  ): Promise<Reply> {
    return this.call('POST', '/orders', { items, paymentMethod }, { 'idempotency-key': key });
  }

  /** Places an order and returns its id. @throws Error unless it is accepted */
  async place(items: readonly OrderLine[], paymentMethod = 'pm_card_visa', key?: string): Promise<string> {
    const { status, body } = await this.order(items, paymentMethod, key);
    if (status !== 202) throw new Error(`order not accepted: ${status} ${JSON.stringify(body)}`);
    return body.orderId;
  }

  /** Asks until the order is as wanted. @throws Error with the order, when the time is over */
  async until(
    orderId: string,
    wanted: (order: Reply['body']) => boolean = ended,
    timeoutMs = 20_000,
  ): Promise<Reply['body']> {
    const deadline = performance.now() + timeoutMs;
    for (;;) {
      const { body } = await this.call('GET', `/orders/${orderId}`);
      if (wanted(body)) return body;
      if (performance.now() > deadline) throw new Error(`order is still ${JSON.stringify(body)}`);
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
  }
}

/** @throws Error if the API's description does not say this. Of what has no route it says nothing. */
function checkAnswer(method: string, path: string, { status, headers }: Response, body: string): void {
  const route = routeOf(method, path);
  if (route === undefined) return;
  const flaws = flawsOfAnswer(route, { status, header: (name) => headers.get(name), body });
  if (flaws.length > 0) throw new Error(`api/openapi.json does not say so: ${flaws.join('; ')}`);
}

const ended = ({ status }: { status: string }): boolean => status === 'CONFIRMED' || status === 'CANCELLED';

/** Runs `work` for each input, at most `concurrency` at a time. */
export async function inParallel<In, Out>(
  inputs: readonly In[],
  concurrency: number,
  work: (input: In, index: number) => Promise<Out>,
): Promise<Out[]> {
  const results: Out[] = [];
  let next = 0;
  const worker = async () => {
    for (let index = next++; index < inputs.length; index = next++) {
      results[index] = await work(inputs[index] as In, index);
    }
  };
  await Promise.all(Array.from({ length: concurrency }, worker));
  return results;
}
