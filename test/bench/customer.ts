import { Agent, request } from 'node:http';
import type { Basket } from './assortment.ts';

/** A kept connection may be closed by the server just as it is used again. */
const lostConnection = new Set(['ECONNRESET', 'EPIPE']);
const maxTries = 4;

/** What the API said to an order. */
export interface Answer {
  readonly status: number;
  /** Of an order that is accepted. */
  readonly orderId: string | undefined;
  readonly retryAfter: string | undefined;
  /** The body, unless the order is accepted. */
  readonly text: string;
}

/** So many customers that most of the orders that are under way at once are those of different ones. */
export const CUSTOMERS = 500;

/** Places orders over kept connections with as little work as Node's client can do: its CPU competes with the system's. */
export class Customers {
  readonly #agent = new Agent({ keepAlive: true, maxFreeSockets: 10_000 });
  readonly #host: string;
  readonly #port: string;
  readonly #tokens: readonly string[];
  retries = 0;

  /** `tokens`: of each customer. */
  constructor(api: string, tokens: readonly string[]) {
    const { hostname, port } = new URL(api);
    this.#host = hostname;
    this.#port = port;
    this.#tokens = tokens;
  }

  /** Resolves with the order's id. @throws Error unless it is accepted */
  async order(basket: Basket, idempotencyKey: string): Promise<string> {
    const { orderId, status, text } = await this.ask(basket, idempotencyKey);
    if (orderId === undefined) throw new Error(`order not accepted: ${status} ${text}`);
    return orderId;
  }

  async ask({ items, paymentMethod }: Basket, idempotencyKey: string): Promise<Answer> {
    const body = JSON.stringify({ items, paymentMethod });
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.#post(body, idempotencyKey);
      } catch (error) {
        const code = error instanceof Error && 'code' in error ? String(error.code) : '';
        if (!lostConnection.has(code) || attempt === maxTries) throw error;
        this.retries += 1;
      }
    }
  }

  close(): void {
    this.#agent.destroy();
  }

  /** A key ends with a number, and is always the same customer's. */
  #tokenFor(idempotencyKey: string): string {
    const number = Number(/\d+$/.exec(idempotencyKey)?.[0] ?? 0);
    return this.#tokens[number % this.#tokens.length] ?? '';
  }

  #post(body: string, idempotencyKey: string): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const sent = request(
        {
          agent: this.#agent,
          host: this.#host,
          port: this.#port,
          method: 'POST',
          path: '/orders',
          headers: {
            Authorization: `Bearer ${this.#tokenFor(idempotencyKey)}`,
            'Content-Type': 'application/json',
            'Content-Length': Buffer.byteLength(body),
            'Idempotency-Key': idempotencyKey,
          },
        },
        (response) => {
          const { statusCode: status = 0, headers } = response;
          const retryAfter = headers['retry-after'];
          // The address ends with the id, so nobody has to parse the body.
          const orderId = status === 202 ? String(headers.location).slice('/orders/'.length) : undefined;
          let text = '';
          if (orderId === undefined) response.on('data', (chunk) => (text += String(chunk)));
          else response.resume();
          response.on('end', () => resolve({ status, orderId, retryAfter, text }));
          response.on('error', reject);
        },
      );
      sent.on('error', reject);
      sent.end(body);
    });
  }
}
