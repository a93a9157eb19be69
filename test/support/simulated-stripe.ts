import Stripe from 'stripe';
import type { StripeCalls } from '../../functions/payment/stripe-client.ts';
import { Clock } from '../simulation/world/clock.ts';
import { PaymentProvider, type Refund } from '../simulation/world/provider.ts';

type Call = 'create' | 'confirm' | 'retrieve' | 'cancel' | 'refund' | 'refunds' | 'disputes';

/** How a refund turns out. `pending, then …`: at once pending, and the next time anybody asks, so. */
type Turn = Refund['status'] | 'bounces' | 'pending, then succeeded' | 'pending, then failed';

/** Stripe's client in front of the simulation's provider. A test says how its banks decide, and what gets lost. */
export class SimulatedStripe {
  readonly #clock = new Clock(0);
  readonly provider = new PaymentProvider(this.#clock);
  readonly calls: Call[] = [];
  /** What the next refunds come to. Those after them succeed. */
  readonly turns: Turn[] = [];
  /** Whether the bank decides later, and how. */
  later: { readonly afterMs: number; readonly succeeds: boolean } | undefined;
  /** Runs before a call; may throw in its place. */
  before: (call: Call) => void = () => {};
  /** Runs after a call; a throw loses its answer. */
  after: (call: Call) => void = () => {};

  pass(ms: number): void {
    this.#clock.advance(ms);
  }

  stripe(): StripeCalls {
    const { provider } = this;
    const calls = {
      paymentIntents: {
        create: this.#call(
          'create',
          ({ amount, currency, payment_method: paymentMethod, metadata }: NewIntent) =>
            provider.create({ amount, currency, paymentMethod, orderId: metadata.orderId }),
        ),
        confirm: this.#call('confirm', (id: string) => provider.confirm(id, this.later)),
        retrieve: this.#call('retrieve', (id: string) => provider.retrieve(id)),
        cancel: this.#call('cancel', (id: string) => provider.cancel(id)),
      },
      refunds: {
        create: this.#call('refund', ({ payment_intent: id, amount }: NewRefund) => this.#refund(id, amount)),
        list: this.#call('refunds', ({ payment_intent: id, limit = 10, starting_after: after }: Listed) => {
          const all = provider.refundsOf(id);
          const first = all.findIndex((refund) => refund.id === after) + 1;
          return { data: all.slice(first, first + limit), has_more: all.length > first + limit };
        }),
      },
      disputes: {
        list: this.#call('disputes', ({ payment_intent: id }: Listed) => ({ data: provider.disputesOf(id) })),
      },
    };
    return calls as unknown as StripeCalls;
  }

  #refund(id: string, amount: number | undefined): Refund {
    const turn = this.turns.shift() ?? 'succeeded';
    const afterMs = 1;
    if (turn === 'pending, then succeeded')
      return this.provider.refund(id, amount, 'pending', { afterMs, status: 'succeeded' });
    if (turn === 'pending, then failed')
      return this.provider.refund(id, amount, 'pending', { afterMs, status: 'failed' });
    return this.provider.refund(id, amount, turn, { afterMs, status: 'failed' });
  }

  #call<Argument, Answer>(call: Call, answer: (argument: Argument) => Answer) {
    return async (argument: Argument): Promise<Answer> => {
      this.calls.push(call);
      this.before(call);
      const answered = answer(argument);
      this.after(call);
      return answered;
    };
  }
}

/** What the SDK throws when no answer comes. */
export const unanswered = (): never => {
  throw new Stripe.errors.StripeConnectionError({ type: 'api_error', message: 'The request timed out.' });
};

export interface NewIntent {
  readonly amount: number;
  readonly currency: string;
  readonly payment_method: string;
  readonly metadata: { readonly orderId: string };
}

export interface NewRefund {
  readonly payment_intent: string;
  readonly amount?: number;
}

interface Listed {
  readonly payment_intent: string;
  readonly limit?: number;
  readonly starting_after?: string;
}
