import { hash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Call, Moment, Outcome, WriteEndpoint } from './endpoint.ts';
import { type Answer, errorAnswer, RejectedRequest } from './http/answers.ts';
import { authenticate } from './http/authentication.ts';
import { canonicalForm, decodeForm } from './http/form.ts';
import { KeysInUse, readIdempotencyKey, refuseOtherRequest } from './http/idempotency.ts';
import { RateLimited, RateLimits, REASON_HEADER } from './http/rate-limits.ts';
import { type Bookkeeping, newId } from './ledger/bookkeeping.ts';
import type { LedgerRecord } from './ledger/ledger-record.ts';
import { findRoute, refuseClient } from './routes.ts';
import type { Settings } from './settings.ts';

export interface ApiRequest {
  readonly method: string;
  readonly path: string;
  readonly query: string;
  readonly authorization: string | undefined;
  readonly idempotencyKey: string | undefined;
  readonly readForm: () => Promise<Buffer>;
}

export interface Reply {
  readonly answer: Answer;
  readonly headers: Readonly<Record<string, string>>;
  readonly delivery: 'sent' | 'withheld';
}

/** Answers requests at /v1, each only after its effects are on disk. */
export class StripeApi {
  readonly #books: Bookkeeping;
  readonly #settings: Settings;
  readonly #limits: RateLimits;
  readonly #keysInUse = new KeysInUse();

  constructor(books: Bookkeeping, settings: Settings) {
    this.#books = books;
    this.#settings = settings;
    this.#limits = new RateLimits(settings);
  }

  async handle(request: ApiRequest): Promise<Reply> {
    const headers: Record<string, string> = { 'Request-Id': newId('req') };
    try {
      return await this.#route(request, headers);
    } catch (error) {
      if (error instanceof RateLimited) {
        headers[REASON_HEADER] = error.reason;
        this.#books.note({ kind: 'rate_limited', at: new Date().toISOString(), order: null });
      }
      if (error instanceof RejectedRequest) return reply(error.answer, headers);
      console.error('payment sandbox:', error);
      const message = 'The payment sandbox failed: its log says why.';
      return reply(errorAnswer(500, { type: 'api_error', message }), headers);
    }
  }

  async #route(request: ApiRequest, headers: Record<string, string>): Promise<Reply> {
    const caller = authenticate(request.authorization);
    const { route, id } = findRoute(request.method, request.path);
    if (caller === 'client') refuseClient(route);
    this.#limits.admit(route, performance.now());
    if (route.method === 'GET') {
      const form = decodeForm(Buffer.from(request.query));
      await this.#delay();
      const call = { form, id, caller, idempotencyKey: null, subject: '', ...this.#books.moment() };
      return reply(route.endpoint(call, this.#books.ledger), headers);
    }
    const form = decodeForm(await request.readForm());
    const idempotencyKey = readIdempotencyKey(request.idempotencyKey);
    const fingerprint = hash('sha256', canonicalForm(form), 'base64url');
    const subject = idempotencyKey ?? `${request.path} ${fingerprint}`;
    const call = { form, id, caller, idempotencyKey, subject };
    if (idempotencyKey === null) {
      return this.#execute(route.endpoint, call, request.path, fingerprint, headers);
    }
    headers['Idempotency-Key'] = idempotencyKey;
    const saved = this.#replay(idempotencyKey, request.path, fingerprint, headers);
    if (saved !== undefined) return saved;
    this.#keysInUse.claim(idempotencyKey);
    try {
      return await this.#execute(route.endpoint, call, request.path, fingerprint, headers);
    } finally {
      this.#keysInUse.release(idempotencyKey);
    }
  }

  #replay(key: string, path: string, fingerprint: string, headers: Record<string, string>) {
    const saved = this.#books.ledger.savedAnswer(key);
    if (saved === undefined) return undefined;
    refuseOtherRequest(key, saved, { path, fingerprint });
    this.#books.note({ kind: 'replayed', at: new Date().toISOString(), order: saved.order });
    // https://docs.stripe.com/error-low-level#idempotency
    headers['Idempotent-Replayed'] = 'true';
    headers['Original-Request'] = saved.requestId;
    return reply(saved, headers);
  }

  async #execute(
    endpoint: WriteEndpoint,
    asked: Omit<Call, keyof Moment>,
    path: string,
    fingerprint: string,
    headers: Record<string, string>,
  ): Promise<Reply> {
    await this.#delay();
    const object = asked.id === '' ? asked.form.get('payment_intent') : asked.id;
    const outcome = await this.#books.decide(object, () => {
      const moment = this.#books.moment();
      const told = endpoint({ ...asked, ...moment }, this.#books.ledger);
      const request = {
        at: moment.at.toISOString(),
        path,
        fingerprint,
        idempotencyKey: asked.idempotencyKey,
      };
      return { record: recordOf(told, { ...request, requestId: headers['Request-Id'] ?? '' }), told };
    });
    if (outcome.kind === 'turned_away') {
      // Stripe's SDKs retry a request only if this header allows it.
      headers['Stripe-Should-Retry'] = 'true';
      return reply(outcome.answer, headers);
    }
    if (outcome.answer.status >= 400) headers['Stripe-Should-Retry'] = 'false';
    return reply(outcome.answer, headers, outcome.delivery);
  }

  async #delay(): Promise<void> {
    if (this.#settings.latencyMs > 0) await sleep(this.#settings.latencyMs);
  }
}

const reply = (
  { status, body }: Answer,
  headers: Readonly<Record<string, string>>,
  delivery: Reply['delivery'] = 'sent',
): Reply => ({ answer: { status, body }, headers, delivery });

type Executed = Extract<LedgerRecord, { kind: 'executed' }>;

function recordOf(
  outcome: Outcome,
  request: Pick<Executed, 'at' | 'path' | 'fingerprint' | 'idempotencyKey' | 'requestId'>,
): LedgerRecord {
  if (outcome.kind === 'turned_away') {
    const { kind, order, reason, subject } = outcome;
    return { kind, at: request.at, order, reason, subject };
  }
  const { answer, delivery: _, ...effects } = outcome;
  return { ...request, ...effects, status: answer.status, body: answer.body };
}
