import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type Answer, errorAnswer, objectAnswer, RejectedRequest } from './answers.ts';
import { type Journal, openJournal } from './journal.ts';
import { Ledger, type LedgerRecord } from './ledger.ts';
import { reportAll, reportOrder } from './ledger-report.ts';
import { readBody, readFormBody } from './request-body.ts';
import { changeSettings, type Settings } from './settings.ts';
import { StripeApi } from './stripe-api.ts';

const LOOPBACK = '127.0.0.1';
/** Longer than clients keep idle connections, so the server never closes one that a client is about to reuse. */
const KEEP_ALIVE_MS = 65_000;
const CLOSE_DEADLINE_MS = 10_000;

export interface PaymentSandbox {
  readonly url: string;
  /** Finishes running requests, drops hanging ones, and closes the ledger. */
  close(): Promise<void>;
}

export interface PaymentSandboxOptions {
  /** 0 takes any free port. */
  readonly port: number;
  /** By default the loopback interface; a container needs another. */
  readonly host?: string;
  readonly ledgerFile: string;
  readonly latencyMs?: number;
  /** Called when the ledger can no longer be written. The sandbox then answers 500. */
  readonly onLedgerFailure?: (error: Error) => void;
}

/**
 * Starts the Stripe-compatible payment sandbox. It takes the port before it opens the ledger, so a second sandbox
 * started by mistake cannot cut a line that the first is writing.
 */
export async function startPaymentSandbox(options: PaymentSandboxOptions): Promise<PaymentSandbox> {
  const ready = Promise.withResolvers<Exchange>();
  const server = createServer((request, response) => {
    ready.promise.then((exchange) => exchange.handle(request, response)).catch(() => response.destroy());
  });
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  await listen(server, options.port, options.host ?? LOOPBACK);
  try {
    const ledger = new Ledger();
    const journal = await openJournal<LedgerRecord>(
      options.ledgerFile,
      (record) => ledger.apply(record),
      options.onLedgerFailure ?? (() => {}),
    );
    const exchange = new Exchange(ledger, journal, { latencyMs: options.latencyMs ?? 0, outage: 'none' });
    ready.resolve(exchange);
    return { url: urlOf(server), close: () => exchange.close(server) };
  } catch (error) {
    ready.promise.catch(() => {});
    ready.reject(error);
    server.close();
    server.closeAllConnections();
    throw error;
  }
}

function listen(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

function urlOf(server: Server): string {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the payment sandbox has no port');
  return `http://${LOOPBACK}:${address.port}`;
}

/** Passes requests to the API or to the sandbox's own controls, and sends the answers. */
class Exchange {
  readonly #ledger: Ledger;
  readonly #journal: Journal<LedgerRecord>;
  readonly #settings: Settings;
  readonly #api: StripeApi;
  readonly #hanging = new Set<ServerResponse>();
  #closing = false;

  constructor(ledger: Ledger, journal: Journal<LedgerRecord>, settings: Settings) {
    this.#ledger = ledger;
    this.#journal = journal;
    this.#settings = settings;
    this.#api = new StripeApi(ledger, journal, settings);
  }

  async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const [path = '', query = ''] = (request.url ?? '').split(/\?(.*)/s, 2);
    if (!path.startsWith('/v1/')) {
      this.#send(response, await this.#control(request, path, query), {});
      return;
    }
    if (this.#settings.outage === 'refuse') {
      request.socket.resetAndDestroy();
      return;
    }
    if (this.#settings.outage === 'hang') {
      this.#hang(response);
      return;
    }
    const { answer, headers, delivery } = await this.#api.handle({
      method: request.method ?? '',
      path,
      query,
      authorization: request.headers.authorization,
      idempotencyKey: request.headers['idempotency-key']?.toString(),
      readForm: () => readFormBody(request),
    });
    const version = request.headers['stripe-version'];
    if (delivery === 'withheld') this.#hang(response);
    else {
      this.#send(
        response,
        answer,
        version === undefined ? headers : { ...headers, 'Stripe-Version': version.toString() },
      );
    }
  }

  async close(server: Server): Promise<void> {
    this.#closing = true;
    const closed = new Promise((resolve) => server.close(resolve));
    for (const response of this.#hanging) response.destroy();
    const deadline = setTimeout(() => server.closeAllConnections(), CLOSE_DEADLINE_MS);
    await closed;
    clearTimeout(deadline);
    await this.#journal.close();
  }

  async #control(request: IncomingMessage, path: string, query: string): Promise<Answer> {
    switch (`${request.method} ${path}`) {
      case 'GET /sandbox/health':
        return objectAnswer({ status: 'ok', ...this.#settings });
      case 'PUT /sandbox/settings':
        return this.#changeSettings(request);
      case 'GET /ledger': {
        const order = new URLSearchParams(query).get('order');
        return objectAnswer(order === null ? reportAll(this.#ledger) : reportOrder(this.#ledger, order));
      }
      default:
        return refusal(404, `Unrecognized request URL (${request.method}: ${path.slice(0, 200)}).`);
    }
  }

  async #changeSettings(request: IncomingMessage): Promise<Answer> {
    try {
      const problem = changeSettings(this.#settings, (await readBody(request)).toString('utf8'));
      return problem === undefined ? objectAnswer(this.#settings) : refusal(400, problem);
    } catch (error) {
      if (error instanceof RejectedRequest) return error.answer;
      throw error;
    }
  }

  #send(response: ServerResponse, { status, body }: Answer, headers: Readonly<Record<string, string>>) {
    if (this.#closing || status === 413) response.setHeader('Connection', 'close');
    if (status === 401) response.setHeader('WWW-Authenticate', 'Bearer realm="Stripe"');
    response.writeHead(status, {
      'Content-Type': 'application/json',
      'Content-Length': Buffer.byteLength(body),
      ...headers,
    });
    response.end(body);
  }

  /** Waits for the client to hang up. */
  #hang(response: ServerResponse): void {
    if (this.#closing) response.destroy();
    this.#hanging.add(response);
    response.on('close', () => this.#hanging.delete(response));
  }
}

const refusal = (status: number, message: string): Answer =>
  errorAnswer(status, { type: 'invalid_request_error', message });
