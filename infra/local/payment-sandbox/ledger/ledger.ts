import type { Dispute } from '../afterwards/dispute.ts';
import type { Refund } from '../afterwards/refund.ts';
import type { PaymentIntent } from '../payments/payment-intent.ts';
import type { StripeEvent } from '../webhooks/event.ts';
import { type Effects, type Later, laterKey, type Movement } from './effects.ts';
import type { LedgerRecord } from './ledger-record.ts';

export type SavedAnswer = Pick<
  Extract<LedgerRecord, { kind: 'executed' }>,
  'order' | 'path' | 'fingerprint' | 'requestId' | 'status' | 'body'
>;

export const noAttempts = {
  declined: 0,
  unavailable: 0,
  refundsLocked: 0,
  replayed: 0,
  /** Of no order: they are refused before anything is read. */
  rateLimited: 0,
};
export type Attempts = typeof noAttempts;

export interface Account {
  readonly movements: Movement[];
  readonly attempts: Attempts;
}

/** The part of the ledger that endpoints may read. */
export interface LedgerView {
  intent(id: string): PaymentIntent | undefined;
  /** Newest first. */
  intents(): Iterable<PaymentIntent>;
  refund(id: string): Refund | undefined;
  refundsOf(paymentIntent: string): readonly Refund[];
  dispute(id: string): Dispute | undefined;
  disputesOf(paymentIntent: string): readonly Dispute[];
  timesTurnedAway(subject: string): number;
}

/** The sum of the journal's records. */
export class Ledger implements LedgerView {
  readonly accounts = new Map<string | null, Account>();
  /** What is yet to happen by itself, and what a receiver of webhooks has not taken yet. */
  readonly expected = new Map<string, Later>();
  readonly unsent = new Map<string, StripeEvent>();
  readonly #answers = new Map<string, SavedAnswer>();
  readonly #intents = new Map<string, PaymentIntent>();
  readonly #intentIds: string[] = [];
  readonly #refunds = new OfIntents<Refund>();
  readonly #disputes = new OfIntents<Dispute>();
  readonly #turnedAway = new Map<string, number>();

  apply(record: LedgerRecord): void {
    const account = this.#account(record.order);
    switch (record.kind) {
      case 'executed':
        this.#save(record);
        this.#change(record, account);
        if (record.status === 402) account.attempts.declined += 1;
        return;
      case 'happened':
        if (record.done !== undefined) this.expected.delete(record.done);
        this.#change(record, account);
        return;
      case 'turned_away':
        this.#turnedAway.set(record.subject, this.timesTurnedAway(record.subject) + 1);
        if (record.reason === 'unavailable') account.attempts.unavailable += 1;
        else account.attempts.refundsLocked += 1;
        return;
      case 'replayed':
        account.attempts.replayed += 1;
        return;
      case 'rate_limited':
        account.attempts.rateLimited += 1;
        return;
      case 'sent':
        this.unsent.delete(record.event);
        return;
      default:
        throw new Error(`unknown ledger record ${JSON.stringify(record satisfies never)}`);
    }
  }

  savedAnswer(idempotencyKey: string): SavedAnswer | undefined {
    return this.#answers.get(idempotencyKey);
  }

  intent(id: string): PaymentIntent | undefined {
    return this.#intents.get(id);
  }

  *intents(): Iterable<PaymentIntent> {
    for (let index = this.#intentIds.length - 1; index >= 0; index -= 1) {
      const intent = this.#intents.get(this.#intentIds[index] ?? '');
      if (intent !== undefined) yield intent;
    }
  }

  refund(id: string): Refund | undefined {
    return this.#refunds.get(id);
  }

  refundsOf(paymentIntent: string): readonly Refund[] {
    return this.#refunds.of(paymentIntent);
  }

  dispute(id: string): Dispute | undefined {
    return this.#disputes.get(id);
  }

  disputesOf(paymentIntent: string): readonly Dispute[] {
    return this.#disputes.of(paymentIntent);
  }

  timesTurnedAway(subject: string): number {
    return this.#turnedAway.get(subject) ?? 0;
  }

  #save(record: Extract<LedgerRecord, { kind: 'executed' }>): void {
    const { idempotencyKey, order, path, fingerprint, requestId, status, body } = record;
    if (idempotencyKey !== null)
      this.#answers.set(idempotencyKey, { order, path, fingerprint, requestId, status, body });
  }

  #change(
    { intent, refund, dispute, movement, later, events }: Effects & { events?: readonly StripeEvent[] },
    account: Account,
  ): void {
    if (intent !== undefined) {
      if (!this.#intents.has(intent.id)) this.#intentIds.push(intent.id);
      this.#intents.set(intent.id, intent);
    }
    if (refund !== undefined) this.#refunds.put(refund);
    if (dispute !== undefined) this.#disputes.put(dispute);
    if (movement !== undefined) account.movements.push(movement);
    if (later !== undefined) this.expected.set(laterKey(later), later);
    if (events !== undefined) for (const event of events) this.unsent.set(event.id, event);
  }

  #account(order: string | null): Account {
    let account = this.accounts.get(order);
    if (account === undefined) {
      account = { movements: [], attempts: { ...noAttempts } };
      this.accounts.set(order, account);
    }
    return account;
  }
}

/** Objects by their id, and by their PaymentIntent in the order in which they were made. */
class OfIntents<T extends { readonly id: string; readonly paymentIntent: string }> {
  readonly #byId = new Map<string, T>();
  readonly #idsByIntent = new Map<string, Set<string>>();

  get(id: string): T | undefined {
    return this.#byId.get(id);
  }

  of(paymentIntent: string): readonly T[] {
    const ids = this.#idsByIntent.get(paymentIntent);
    return ids === undefined ? [] : [...ids].flatMap((id) => this.#byId.get(id) ?? []);
  }

  put(object: T): void {
    this.#byId.set(object.id, object);
    const ids = this.#idsByIntent.get(object.paymentIntent) ?? new Set();
    this.#idsByIntent.set(object.paymentIntent, ids.add(object.id));
  }
}
