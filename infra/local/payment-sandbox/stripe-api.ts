import { hash, randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Answer, errorAnswer, RejectedRequest } from './answers.ts';
import { authenticate } from './authentication.ts';
import type { Call, Outcome, WriteEndpoint } from './endpoint.ts';
import { canonicalForm, decodeForm } from './form.ts';
import { KeysInUse, readIdempotencyKey, refuseOtherRequest } from './idempotency.ts';
import type { Journal } from './journal.ts';
import type { Ledger, LedgerRecord } from './ledger.ts';
import { findRoute } from './routes.ts';
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

const newId = (prefix: string): string => `${prefix}_${randomUUID().replaceAll('-', '')}`;

/** Answers requests at /v1, each only after its effects are on disk. */
export class StripeApi {
  readonly #ledger: Ledger;
  readonly #journal: Journal<LedgerRecord>;
  readonly #settings: Settings;
  readonly #keysInUse = new KeysInUse();
  readonly #lastOn = new Map<string, Promise<unknown>>();

  constructor(ledger: Ledger, journal: Journal<LedgerRecord>, settings: Settings) {
    this.#ledger = ledger;
    this.#journal = journal;
    this.#settings = settings;
  }

  async handle(request: ApiRequest): Promise<Reply> {
    const headers: Record<string, string> = { 'Request-Id': newId('req') };
    try {
      return await this.#route(request, headers);
    } catch (error) {
      if (error instanceof RejectedRequest) return reply(error.answer, headers);
      console.error('payment sandbox:', error);
      const message = 'The payment sandbox failed: its log says why.';
      return reply(errorAnswer(500, { type: 'api_error', message }), headers);
    }
  }

  async #route(request: ApiRequest, headers: Record<string, string>): Promise<Reply> {
    authenticate(request.authorization);
    const { route, id } = findRoute(request.method, request.path);
    if (route.method === 'GET') {
      const form = decodeForm(Buffer.from(request.query));
      await this.#delay();
      const call = { form, id, idempotencyKey: null, subject: '', at: new Date(), newId };
      return reply(route.endpoint(call, this.#ledger), headers);
    }
    const form = decodeForm(await request.readForm());
    const idempotencyKey = readIdempotencyKey(request.idempotencyKey);
    const fingerprint = hash('sha256', canonicalForm(form), 'base64url');
    const subject = idempotencyKey ?? `${request.path} ${fingerprint}`;
    const call = { form, id, idempotencyKey, subject };
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
    const saved = this.#ledger.savedAnswer(key);
    if (saved === undefined) return undefined;
    refuseOtherRequest(key, saved, { path, fingerprint });
    const record: LedgerRecord = { kind: 'replayed', at: new Date().toISOString(), order: saved.order };
    this.#journal.note(record);
    this.#ledger.apply(record);
    // https://docs.stripe.com/error-low-level#idempotency
    headers['Idempotent-Replayed'] = 'true';
    headers['Original-Request'] = saved.requestId;
    return reply(saved, headers);
  }

  async #execute(
    endpoint: WriteEndpoint,
    asked: Omit<Call, 'at' | 'newId'>,
    path: string,
    fingerprint: string,
    headers: Record<string, string>,
  ): Promise<Reply> {
    await this.#delay();
    const object = asked.id === '' ? asked.form.get('payment_intent') : asked.id;
    return this.#oneAtATime(object, async () => {
      const at = new Date();
      const outcome = endpoint({ ...asked, at, newId }, this.#ledger);
      const request = { at: at.toISOString(), path, fingerprint, idempotencyKey: asked.idempotencyKey };
      const record = recordOf(outcome, { ...request, requestId: headers['Request-Id'] ?? '' });
      await this.#journal.append(record);
      this.#ledger.apply(record);
      if (outcome.kind === 'turned_away') {
        // Stripe's SDKs retry a request only if this header allows it.
        headers['Stripe-Should-Retry'] = 'true';
        return reply(outcome.answer, headers);
      }
      if (outcome.answer.status >= 400) headers['Stripe-Should-Retry'] = 'false';
      return reply(outcome.answer, headers, outcome.delivery);
    });
  }

  /** Runs the decisions on one PaymentIntent one after another: each must see the effect of the one before. */
  async #oneAtATime<T>(object: string | undefined, work: () => Promise<T>): Promise<T> {
    if (object === undefined) return work();
    const before = this.#lastOn.get(object) ?? Promise.resolve();
    const mine = before.then(work, work);
    this.#lastOn.set(object, mine);
    try {
      return await mine;
    } finally {
      if (this.#lastOn.get(object) === mine) this.#lastOn.delete(object);
    }
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
