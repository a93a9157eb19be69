import Stripe from 'stripe';
import type { Clock } from './clock.ts';

export interface Intent {
  readonly id: string;
  readonly orderId: string;
  readonly status: 'succeeded' | 'requires_payment_method';
  readonly amount: number;
  readonly last_payment_error: {
    readonly code: string;
    readonly decline_code: string;
    readonly message: string;
  } | null;
  /** When search begins to find it. */
  readonly searchableAtMs: number;
}

export interface Refund {
  readonly id: string;
  readonly status: 'succeeded' | 'pending' | 'failed';
  readonly amount: number;
}

interface SavedAnswer {
  readonly request: string;
  readonly savedAtMs: number;
  readonly answer: () => unknown;
}

/** Money that moved for one order. */
export interface Account {
  readonly capturesMinor: readonly number[];
  readonly refundsMinor: readonly number[];
}

export interface ChargeRequest {
  readonly amount: number;
  readonly currency: string;
  readonly paymentMethod: string;
  readonly orderId: string;
}

interface ChargeConditions {
  readonly lag?: number;
  readonly trouble?: 'error before effect' | 'error after effect' | undefined;
}

/** An error of Stripe's own (500), which its key answers from then on. */
const ownError = (): never => {
  throw new Stripe.errors.StripeAPIError({ type: 'api_error', message: 'An error of our own.' });
};

function invalidRequest(code: string): never {
  throw new Stripe.errors.StripeInvalidRequestError({ type: 'invalid_request_error', code, message: code });
}

/** https://docs.stripe.com/api/idempotent_requests: keys can be removed once they are at least a day old. */
export const KEY_LIFE_MS = 24 * 60 * 60_000;
/** https://docs.stripe.com/search#data-freshness: usually under a minute. */
const MAX_SEARCH_LAG_MS = 55_000;

const DECLINED = /^pm_card_chargeDeclined/;

/**
 * The payment provider as Stripe describes itself: an answer is kept under its idempotency key for a day, also
 * an error of its own; the same key with other parameters is refused; search lags, lists do not.
 */
export class PaymentProvider {
  readonly accounts = new Map<
    string,
    { readonly capturesMinor: number[]; readonly refundsMinor: number[] }
  >();
  /** How often a key was used again after it had been forgotten, and a charge was not found by search yet. */
  readonly seen = { keyForgotten: 0, searchLag: 0, replayed: 0 };
  readonly #clock: Clock;
  readonly #intents = new Map<string, Intent>();
  readonly #refunds = new Map<string, Refund[]>();
  readonly #saved = new Map<string, SavedAnswer>();
  #ids = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** `lag`: 0 to 1, how slowly search learns of it. @throws Stripe's card error if it was declined, as saved */
  charge(
    request: ChargeRequest,
    key: string | undefined,
    { lag = 0, trouble }: ChargeConditions = {},
  ): Intent {
    return this.#once(key, JSON.stringify(['charge', request]), () => {
      const answer = trouble === 'error before effect' ? ownError : this.#charge(request, lag);
      return trouble === undefined ? answer : ownError;
    }) as Intent;
  }

  search(orderId: string): readonly Intent[] {
    const all = [...this.#intents.values()].filter((intent) => intent.orderId === orderId);
    const found = all.filter(({ searchableAtMs }) => searchableAtMs <= this.#clock.nowMs);
    if (found.length < all.length) this.seen.searchLag += 1;
    return found;
  }

  /** `outcome`: what the bank says. @throws Stripe's invalid request error if more would be given back than was taken */
  refund(
    intentId: string,
    key: string | undefined,
    outcome: Refund['status'] | 'error before effect' = 'succeeded',
    amount?: number,
  ): Refund {
    // What fails validation is not begun, and leaves nothing under its key.
    if (!this.#intents.has(intentId)) return invalidRequest('resource_missing');
    return this.#once(key, JSON.stringify(['refund', intentId, amount]), () =>
      outcome === 'error before effect' ? ownError : this.#refund(intentId, outcome, amount),
    ) as Refund;
  }

  /** Newest first, as all of Stripe's lists. */
  refundsOf(intentId: string): readonly Refund[] {
    return (this.#refunds.get(intentId) ?? []).toReversed();
  }

  /** Whether some key answers an error of the provider's own, as it goes on to do for a day. */
  get keepsErrors(): boolean {
    const { nowMs } = this.#clock;
    return [...this.#saved.values()].some(
      ({ answer, savedAtMs }) => answer === ownError && nowMs - savedAtMs < KEY_LIFE_MS,
    );
  }

  #once(key: string | undefined, request: string, execute: () => () => unknown): unknown {
    if (key === undefined) return execute()();
    const saved = this.#saved.get(key);
    if (saved !== undefined && this.#clock.nowMs - saved.savedAtMs < KEY_LIFE_MS) {
      if (saved.request !== request) {
        throw new Stripe.errors.StripeIdempotencyError({
          type: 'idempotency_error',
          message: `Keys for idempotent requests can only be used with the same parameters: ${key}`,
        });
      }
      this.seen.replayed += 1;
      return saved.answer();
    }
    if (saved !== undefined) this.seen.keyForgotten += 1;
    const answer = execute();
    this.#saved.set(key, { request, savedAtMs: this.#clock.nowMs, answer });
    return answer();
  }

  #charge({ amount, paymentMethod, orderId }: ChargeRequest, lag: number): () => Intent {
    this.#ids += 1;
    const isDeclined = DECLINED.test(paymentMethod);
    const decline = {
      code: 'card_declined',
      decline_code: 'generic_decline',
      message: 'Your card was declined.',
    };
    const intent: Intent = {
      id: `pi_${this.#ids}`,
      orderId,
      amount,
      status: isDeclined ? 'requires_payment_method' : 'succeeded',
      last_payment_error: isDeclined ? decline : null,
      searchableAtMs: this.#clock.nowMs + Math.round(lag * MAX_SEARCH_LAG_MS),
    };
    this.#intents.set(intent.id, intent);
    if (isDeclined) {
      return () => {
        throw new Stripe.errors.StripeCardError({ type: 'card_error', ...decline });
      };
    }
    this.#account(orderId).capturesMinor.push(amount);
    return () => intent;
  }

  /** Without an amount: all that is left of the charge. */
  #refund(intentId: string, outcome: Refund['status'], asked?: number): () => Refund {
    const intent = this.#intents.get(intentId);
    const earlier = this.#refunds.get(intentId) ?? [];
    const given = sum(earlier.filter(({ status }) => status !== 'failed').map(({ amount }) => amount));
    const left = (intent?.amount ?? 0) - given;
    const amount = asked ?? left;
    if (intent?.status !== 'succeeded' || left === 0 || amount > left) {
      return () => invalidRequest('charge_already_refunded');
    }
    this.#ids += 1;
    const refund = { id: `re_${this.#ids}`, status: outcome, amount };
    this.#refunds.set(intentId, [...earlier, refund]);
    if (outcome !== 'failed') this.#account(intent.orderId).refundsMinor.push(amount);
    return () => refund;
  }

  #account(orderId: string) {
    let account = this.accounts.get(orderId);
    if (account === undefined) {
      account = { capturesMinor: [], refundsMinor: [] };
      this.accounts.set(orderId, account);
    }
    return account;
  }
}

export const keptMinor = (account: Account | undefined): number =>
  account === undefined ? 0 : sum(account.capturesMinor) - sum(account.refundsMinor);

const sum = (amounts: readonly number[]): number => amounts.reduce((total, amount) => total + amount, 0);
