import type { PaymentIntent } from './payment-intent.ts';
import type { Refund } from './refund.ts';

/** Money that moved. `order` is the PaymentIntent's `metadata.orderId`. */
export interface Movement {
  readonly at: string;
  readonly type: 'capture' | 'refund';
  readonly order: string | null;
  readonly amountMinor: number;
  readonly currency: string;
  readonly paymentIntent: string;
  readonly refund: string | null;
  readonly paymentMethod: string | null;
  readonly idempotencyKey: string | null;
}

/**
 * One line of the journal. An executed request is one line with its effects, the money moved and the answer saved under
 * its key. They reach the disk together or not at all, so a repeat after a crash never charges twice.
 */
export type LedgerRecord =
  | {
      readonly kind: 'executed';
      readonly at: string;
      readonly order: string | null;
      readonly idempotencyKey: string | null;
      readonly path: string;
      readonly fingerprint: string;
      readonly requestId: string;
      readonly status: number;
      readonly body: string;
      readonly intent?: PaymentIntent;
      readonly refund?: Refund;
      readonly movement?: Movement;
    }
  | {
      readonly kind: 'turned_away';
      readonly at: string;
      readonly order: string | null;
      readonly reason: TurnedAway;
      readonly subject: string;
    }
  | { readonly kind: 'replayed'; readonly at: string; readonly order: string | null };

/** Why a sandbox payment method turned a request away. */
export type TurnedAway = 'unavailable' | 'refund_locked';

export type SavedAnswer = Pick<
  Extract<LedgerRecord, { kind: 'executed' }>,
  'order' | 'path' | 'fingerprint' | 'requestId' | 'status' | 'body'
>;

export interface Account {
  readonly movements: Movement[];
  attempts: { declined: number; unavailable: number; refundsLocked: number; replayed: number };
}

/** The part of the ledger that endpoints may read. */
export interface LedgerView {
  intent(id: string): PaymentIntent | undefined;
  intents(order?: string): Iterable<PaymentIntent>;
  refund(id: string): Refund | undefined;
  refundsOf(paymentIntent: string): readonly Refund[];
  timesTurnedAway(subject: string): number;
}

/** The sum of the journal's records. */
export class Ledger implements LedgerView {
  readonly accounts = new Map<string | null, Account>();
  readonly #answers = new Map<string, SavedAnswer>();
  readonly #intents = new Map<string, PaymentIntent>();
  readonly #intentsByOrder = new Map<string, Set<string>>();
  readonly #refunds = new Map<string, Refund>();
  readonly #refundsByIntent = new Map<string, Refund[]>();
  readonly #turnedAway = new Map<string, number>();

  apply(record: LedgerRecord): void {
    const account = this.#account(record.order);
    switch (record.kind) {
      case 'executed':
        this.#applyExecuted(record, account);
        return;
      case 'turned_away':
        this.#turnedAway.set(record.subject, this.timesTurnedAway(record.subject) + 1);
        if (record.reason === 'unavailable') account.attempts.unavailable += 1;
        else account.attempts.refundsLocked += 1;
        return;
      case 'replayed':
        account.attempts.replayed += 1;
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

  *intents(order?: string): Iterable<PaymentIntent> {
    if (order === undefined) {
      yield* this.#intents.values();
      return;
    }
    for (const id of this.#intentsByOrder.get(order) ?? []) {
      const intent = this.#intents.get(id);
      if (intent !== undefined) yield intent;
    }
  }

  refund(id: string): Refund | undefined {
    return this.#refunds.get(id);
  }

  refundsOf(paymentIntent: string): readonly Refund[] {
    return this.#refundsByIntent.get(paymentIntent) ?? [];
  }

  timesTurnedAway(subject: string): number {
    return this.#turnedAway.get(subject) ?? 0;
  }

  #applyExecuted(record: Extract<LedgerRecord, { kind: 'executed' }>, account: Account): void {
    const { intent, refund, movement, idempotencyKey, order, path, fingerprint, requestId, status, body } =
      record;
    if (idempotencyKey !== null) {
      this.#answers.set(idempotencyKey, { order, path, fingerprint, requestId, status, body });
    }
    if (intent !== undefined) {
      this.#intents.set(intent.id, intent);
      if (order !== null) {
        const ids = this.#intentsByOrder.get(order) ?? new Set();
        this.#intentsByOrder.set(order, ids.add(intent.id));
      }
    }
    if (refund !== undefined) {
      this.#refunds.set(refund.id, refund);
      this.#refundsByIntent.set(refund.paymentIntent, [...this.refundsOf(refund.paymentIntent), refund]);
    }
    if (movement !== undefined) account.movements.push(movement);
    if (status === 402) account.attempts.declined += 1;
  }

  #account(order: string | null): Account {
    let account = this.accounts.get(order);
    if (account === undefined) {
      account = {
        movements: [],
        attempts: { declined: 0, unavailable: 0, refundsLocked: 0, replayed: 0 },
      };
      this.accounts.set(order, account);
    }
    return account;
  }
}
