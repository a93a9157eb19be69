import Stripe from 'stripe';
import type { Clock } from './clock.ts';

/** A payment intent: https://docs.stripe.com/payments/paymentintents/lifecycle */
export interface Intent {
  readonly id: string;
  /** In seconds. */
  readonly created: number;
  readonly orderId: string;
  readonly amount: number;
  readonly currency: string;
  readonly status: 'requires_confirmation' | 'succeeded' | 'requires_payment_method' | 'canceled';
  readonly payment_method: string | null;
  readonly last_payment_error: Decline | null;
}

interface Decline {
  readonly code: string;
  readonly decline_code: string;
  readonly message: string;
}

export interface Refund {
  readonly id: string;
  /** In seconds. */
  readonly created: number;
  readonly status: 'succeeded' | 'pending' | 'failed';
  readonly amount: number;
}

/** How a refund ends that is pending, and when. */
interface Settling {
  readonly atMs: number;
  readonly status: 'succeeded' | 'failed';
}

/** Money that moved for one order. */
export interface Account {
  readonly capturesMinor: readonly number[];
  readonly refundsMinor: readonly number[];
}

export type NewIntent = Pick<Intent, 'orderId' | 'amount' | 'currency'> & { readonly paymentMethod: string };

function invalidRequest(code: string): never {
  throw new Stripe.errors.StripeInvalidRequestError({ type: 'invalid_request_error', code, message: code });
}

const decline: Decline = {
  code: 'card_declined',
  decline_code: 'generic_decline',
  message: 'Your card was declined.',
};
const DECLINED = /^pm_card_chargeDeclined/;

/**
 * The payment provider as Stripe describes itself: an intent is charged once at most; a declined one has no payment
 * method any more; no more is given back than is left; a refund that is pending succeeds or fails later; and a person may
 * give back money at its dashboard.
 */
export class PaymentProvider {
  readonly #clock: Clock;
  readonly #intents = new Map<string, Intent>();
  readonly #refunds = new Map<string, Refund[]>();
  readonly #settling = new Map<string, Settling>();
  readonly #pending = new Set<string>();
  #ids = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** By order. */
  get accounts(): ReadonlyMap<string, Account> {
    const accounts = new Map<string, { readonly capturesMinor: number[]; readonly refundsMinor: number[] }>();
    for (const { id, orderId, status, amount } of this.#intents.values()) {
      if (status !== 'succeeded') continue;
      const account = accounts.get(orderId) ?? { capturesMinor: [], refundsMinor: [] };
      account.capturesMinor.push(amount);
      account.refundsMinor.push(
        ...(this.#refunds.get(id) ?? []).filter(isGiven).map((refund) => refund.amount),
      );
      accounts.set(orderId, account);
    }
    return accounts;
  }

  /** Newest first, as all of Stripe's lists. */
  get intents(): readonly Intent[] {
    return [...this.#intents.values()].toReversed();
  }

  account(orderId: string): Account | undefined {
    return this.accounts.get(orderId);
  }

  create({ orderId, amount, currency, paymentMethod }: NewIntent): Intent {
    this.#ids += 1;
    const id = `pi_${this.#ids}`;
    const common = {
      id,
      created: this.#nowSeconds,
      orderId,
      amount,
      currency,
      payment_method: paymentMethod,
    };
    return this.#keep({ ...common, status: 'requires_confirmation', last_payment_error: null });
  }

  /** @throws Stripe's card error if it is declined; its invalid request error if it cannot be confirmed any more */
  confirm(id: string): Intent {
    const intent = this.retrieve(id);
    if (intent.status !== 'requires_confirmation') return invalidRequest('payment_intent_unexpected_state');
    if (!DECLINED.test(intent.payment_method ?? '')) return this.#keep({ ...intent, status: 'succeeded' });
    const declined = { payment_method: null, last_payment_error: decline };
    this.#keep({ ...intent, ...declined, status: 'requires_payment_method' });
    throw new Stripe.errors.StripeCardError({ type: 'card_error', ...decline });
  }

  /** @throws Stripe's invalid request error if there is none */
  retrieve(id: string): Intent & { readonly latest_charge: { readonly amount_refunded: number } } {
    const intent = this.#intents.get(id);
    if (intent === undefined) return invalidRequest('resource_missing');
    return { ...intent, latest_charge: { amount_refunded: intent.amount - this.#left(intent) } };
  }

  /** @throws Stripe's invalid request error if it is charged or canceled already */
  cancel(id: string): Intent {
    const intent = this.retrieve(id);
    if (intent.status === 'succeeded' || intent.status === 'canceled')
      return invalidRequest('payment_intent_unexpected_state');
    return this.#keep({ ...intent, status: 'canceled' });
  }

  /**
   * Gives back an amount, or all that is left. `outcome`: what the bank says. If it is pending, `settles` says how it ends.
   * @throws Stripe's invalid request error if more would be given back than is left
   */
  refund(
    intentId: string,
    amount: number | undefined,
    outcome: Refund['status'] = 'succeeded',
    settles: { readonly afterMs: number; readonly status: Settling['status'] } = {
      afterMs: 0,
      status: 'succeeded',
    },
  ): Refund {
    const intent = this.retrieve(intentId);
    const left = intent.status === 'succeeded' ? this.#left(intent) : 0;
    if (left === 0 || (amount ?? left) > left) return invalidRequest('charge_already_refunded');
    this.#ids += 1;
    const refund = {
      id: `re_${this.#ids}`,
      created: this.#nowSeconds,
      status: outcome,
      amount: amount ?? left,
    };
    this.#refunds.set(intentId, [...this.#refundsOf(intentId), refund]);
    if (outcome === 'pending') {
      this.#pending.add(intent.orderId);
      this.#settling.set(refund.id, { atMs: this.#clock.nowMs + settles.afterMs, status: settles.status });
    }
    return refund;
  }

  /** Whether some refund was not decided at once. */
  wasPending(orderId: string): boolean {
    return this.#pending.has(orderId);
  }

  /** Newest first, as all of Stripe's lists. */
  refundsOf(intentId: string): readonly Refund[] {
    return this.#refundsOf(intentId).toReversed();
  }

  /** What is pending ends as it has to, however long that takes. */
  settle(): void {
    for (const intentId of this.#refunds.keys()) this.#settle(intentId, Number.POSITIVE_INFINITY);
  }

  #refundsOf(intentId: string): readonly Refund[] {
    this.#settle(intentId, this.#clock.nowMs);
    return this.#refunds.get(intentId) ?? [];
  }

  #settle(intentId: string, nowMs: number): void {
    const settled = (this.#refunds.get(intentId) ?? []).map((refund) => {
      const end = this.#settling.get(refund.id);
      if (end === undefined || end.atMs > nowMs) return refund;
      this.#settling.delete(refund.id);
      return { ...refund, status: end.status };
    });
    if (settled.length > 0) this.#refunds.set(intentId, settled);
  }

  #left({ id, amount }: Intent): number {
    return (
      amount -
      sum(
        this.#refundsOf(id)
          .filter(isGiven)
          .map((refund) => refund.amount),
      )
    );
  }

  get #nowSeconds(): number {
    return Math.floor(this.#clock.nowMs / 1_000);
  }

  #keep(intent: Intent): Intent {
    this.#intents.set(intent.id, intent);
    return intent;
  }
}

const isGiven = ({ status }: Refund): boolean => status !== 'failed';

export const keptMinor = (account: Account | undefined): number =>
  account === undefined ? 0 : sum(account.capturesMinor) - sum(account.refundsMinor);

const sum = (amounts: readonly number[]): number => amounts.reduce((total, amount) => total + amount, 0);
