import Stripe from 'stripe';
import type { StripeCalls } from '../../functions/payment/stripe-calls.ts';
import { PaymentProvider } from '../simulation/world/provider.ts';
import type { NewIntent, NewRefund } from '../support/simulated-stripe.ts';
import type { VirtualTime } from '../support/virtual-time.ts';

/** What Stripe allows in a second, however that second is laid. https://docs.stripe.com/rate-limits */
export interface Allowed {
  readonly all: number;
  readonly endpoint: number;
}

/** A refusal comes at once. */
const REFUSAL_MS = 30;
const SECOND_MS = 1_000;

/** Stripe, which refuses what comes too fast. Refused calls count for its limits, too. */
export class LimitedStripe {
  readonly provider: PaymentProvider;
  readonly calls: StripeCalls;
  refused = 0;
  readonly #time: VirtualTime;
  readonly #allowed: Allowed;
  readonly #latencyMs: number;
  /** The times of all calls, by endpoint. */
  readonly times = new Map<string, number[]>();
  readonly #all: number[] = [];

  constructor(time: VirtualTime, allowed: Allowed, latencyMs = 300) {
    this.#latencyMs = latencyMs;
    this.#time = time;
    this.#allowed = allowed;
    const provider = new PaymentProvider(time.clock);
    this.provider = provider;
    this.calls = {
      paymentIntents: {
        create: ({ amount, currency, payment_method: paymentMethod, metadata: { orderId } }: NewIntent) =>
          this.#answer('create', () => provider.create({ amount, currency, paymentMethod, orderId })),
        confirm: (id: string) => this.#answer('confirm', () => provider.confirm(id)),
        retrieve: (id: string) => this.#answer('retrieve', () => provider.retrieve(id)),
        cancel: (id: string) => this.#answer('cancel', () => provider.cancel(id)),
      },
      refunds: {
        create: ({ payment_intent: id, amount }: NewRefund) =>
          this.#answer('refund', () => provider.refund(id, amount)),
        list: ({ payment_intent: id }: NewRefund) =>
          this.#answer('refunds', () => ({ data: provider.refundsOf(id), has_more: false })),
      },
    } as unknown as StripeCalls;
  }

  get count(): number {
    return this.#all.length;
  }

  #answer<T>(endpoint: string, effect: () => T): Promise<T> {
    const times = this.times.get(endpoint) ?? [];
    this.times.set(endpoint, times);
    const nowMs = this.#time.now();
    times.push(nowMs);
    this.#all.push(nowMs);
    const { all, endpoint: each } = this.#allowed;
    if (isTooFast(times, each) || isTooFast(this.#all, all)) {
      this.refused += 1;
      return this.#time.later(REFUSAL_MS, tooMany);
    }
    return this.#time.later(this.#latencyMs, effect);
  }
}

/** The call `limit` calls ago was less than a second ago. */
const isTooFast = (times: readonly number[], limit: number): boolean =>
  (times.at(-1) ?? 0) - (times.at(-1 - limit) ?? Number.NEGATIVE_INFINITY) < SECOND_MS;

const tooMany = (): never => {
  throw new Stripe.errors.StripeRateLimitError({
    type: 'rate_limit_error',
    message: 'Too many requests.',
    statusCode: 429,
    headers: { 'stripe-rate-limited-reason': 'endpoint-rate' },
  } as never);
};
