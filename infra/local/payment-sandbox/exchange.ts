import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { answerChallenge, challengedIntentId, showChallenge } from './challenge/challenge.ts';
import { PAGE_HEADERS, type Page, resultPage } from './challenge/challenge-page.ts';
import { type Answer, errorAnswer, objectAnswer, RejectedRequest } from './http/answers.ts';
import { decodeForm } from './http/form.ts';
import { readBody, readFormBody } from './http/request-body.ts';
import type { Bookkeeping } from './ledger/bookkeeping.ts';
import { reportAll, reportOrder } from './ledger/ledger-report.ts';
import { changeSettings, type Settings } from './settings.ts';
import { StripeApi } from './stripe-api.ts';

const CLOSE_DEADLINE_MS = 10_000;

/** Passes requests to the API or to the sandbox's own controls, and sends the answers. */
export class Exchange {
  readonly #books: Bookkeeping;
  readonly #journal: { close(): Promise<void> };
  readonly #settings: Settings;
  readonly #api: StripeApi;
  readonly #hanging = new Set<ServerResponse>();
  #closing = false;

  constructor(books: Bookkeeping, journal: { close(): Promise<void> }, settings: Settings) {
    this.#books = books;
    this.#journal = journal;
    this.#settings = settings;
    this.#api = new StripeApi(books, settings);
  }

  async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const [path = '', query = ''] = (request.url ?? '').split(/\?(.*)/s, 2);
    if (path === '/challenge') {
      await this.#challenge(request, response, query);
      return;
    }
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
    this.#books.close();
    await this.#journal.close();
  }

  async #challenge(request: IncomingMessage, response: ServerResponse, query: string): Promise<void> {
    const { status, html } = await this.#pageFor(request, query);
    if (this.#closing) response.setHeader('Connection', 'close');
    response.writeHead(status, { ...PAGE_HEADERS, 'Content-Length': Buffer.byteLength(html) });
    response.end(html);
  }

  async #pageFor(request: IncomingMessage, query: string): Promise<Page> {
    try {
      if (request.method === 'GET') return showChallenge(decodeForm(Buffer.from(query)), this.#books.ledger);
      if (request.method !== 'POST') return resultPage(405, 'Use GET or POST.');
      const form = decodeForm(await readFormBody(request));
      return await this.#books.decide(challengedIntentId(form), () =>
        answerChallenge(form, this.#books.ledger, this.#books.moment()),
      );
    } catch (error) {
      if (error instanceof RejectedRequest) return resultPage(error.answer.status, error.message);
      throw error;
    }
  }

  async #control(request: IncomingMessage, path: string, query: string): Promise<Answer> {
    switch (`${request.method} ${path}`) {
      case 'GET /sandbox/health':
        return objectAnswer({ status: 'ok', ...this.#settings });
      case 'PUT /sandbox/settings':
        return this.#changeSettings(request);
      case 'GET /ledger': {
        const order = new URLSearchParams(query).get('order');
        const { ledger } = this.#books;
        return objectAnswer(order === null ? reportAll(ledger) : reportOrder(ledger, order));
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
      'X-Content-Type-Options': 'nosniff',
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
