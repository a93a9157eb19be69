import Stripe from 'stripe';
import type { StripeCalls } from '../../../functions/payment/stripe-client.ts';
import type { Environment } from '../environment.ts';
import type { Invocation } from '../invocation.ts';
import type { Simulation } from '../simulation.ts';
import type { NewIntent, Refund, Settling } from '../world/provider.ts';
import { flawOfConfirmation, flawOfIntent } from './money.ts';

const unreachable = (): never => {
  throw new Stripe.errors.StripeConnectionError({ type: 'api_error', message: 'The request timed out.' });
};
const limited = (): never => {
  throw new Stripe.errors.StripeRateLimitError({ type: 'rate_limit_error', message: 'Too many requests.' });
};
const down = (): never => {
  throw new Stripe.errors.StripeAPIError({ type: 'api_error', message: 'Service unavailable.' });
};

/** Stripe's client, as far as it is used, in front of the simulated provider. */
export function stripeOf(simulation: Simulation, environment: Environment): StripeCalls {
  const { world, checker } = simulation;
  const { provider } = world;
  const call = <T>(options: Parameters<typeof simulation.call<T>>[1]) => {
    const { invocation } = environment;
    return simulation.call<T>(invocation, {
      ...options,
      effect: () => withAftermath(options.effect, invocation),
      instead: { unreachable, unavailable: down, limited, ...options.instead },
    });
  };
  const answerLost = (effect: () => unknown) => () => {
    effect();
    return unreachable();
  };
  /** About an order, which the checker then looks at. */
  const moving = <T>(orderId: string, effect: () => T): T => {
    try {
      return effect();
    } finally {
      checker.moved(orderId);
    }
  };
  const orderOf = (intentId: string): string => provider.retrieve(intentId).orderId;
  /** A person gives money back at the provider's dashboard. */
  const givenBack = (intentId: string, amount?: number) =>
    moving(orderOf(intentId), () => provider.refund(intentId, amount));
  return {
    paymentIntents: {
      create: ({ amount, currency, payment_method: paymentMethod, metadata }: Params) => {
        const wanted: NewIntent = { amount, currency, paymentMethod, orderId: metadata.orderId };
        if (world.takenOver === undefined) checker.fail('P2', flawOfIntent(world, wanted));
        return call({
          kind: 'create',
          about: () => `${amount} for ${wanted.orderId}`,
          effect: () => provider.create(wanted),
          moves: wanted.orderId,
          instead: { 'answer-lost': answerLost(() => provider.create(wanted)) },
        });
      },
      confirm: (id: string) => {
        const orderId = orderOf(id);
        checker.intended('payment', orderId, 'ask');
        checker.fail('P2', flawOfConfirmation(world, id));
        const confirm = () => moving(orderId, () => provider.confirm(id));
        const confirmForLater = () =>
          provider.confirm(id, {
            afterMs: Math.round(simulation.detail(5) * MAX_PENDING_MS),
            succeeds: simulation.detail(6) < 0.7,
          });
        const confirmAndGiveBack = (amount?: number) => () => {
          if (confirm().status === 'succeeded') givenBack(id, amount);
        };
        return call({
          kind: 'confirm',
          about: () => id,
          effect: confirm,
          moves: orderId,
          instead: {
            'answer-lost': answerLost(confirm),
            'given-back': answerLost(confirmAndGiveBack()),
            'part-given-back': answerLost(confirmAndGiveBack(1)),
            'decided-later': confirmForLater,
          },
        });
      },
      retrieve: (id: string) =>
        call({
          kind: 'retrieve',
          about: () => id,
          effect: () => provider.retrieve(id),
        }),
      list: ({ created, limit = MAX_PAGE, starting_after: after }: IntentListParams) =>
        call({
          kind: 'retrieve',
          about: () => `all from ${created.gte} on`,
          effect: () => {
            const all = provider.intents.filter((intent) => intent.created >= created.gte);
            const first = all.findIndex(({ id }) => id === after) + 1;
            const end = first + Math.min(limit, MAX_PAGE);
            const data = all.slice(first, end).map(({ id }) => provider.retrieve(id));
            return { data, has_more: all.length > end };
          },
        }),
      cancel: (id: string) => {
        const withdraw = () => provider.cancel(id);
        return call({
          kind: 'withdraw',
          about: () => id,
          effect: withdraw,
          moves: orderOf(id),
          instead: { 'answer-lost': answerLost(withdraw) },
        });
      },
    },
    refunds: {
      create: ({ payment_intent: intentId, amount, metadata }: RefundParams) => {
        const orderId = orderOf(intentId);
        checker.intended('payment', orderId, 'undo');
        const refund = (outcome?: Refund['status'] | 'bounces') =>
          moving(orderId, () =>
            provider.refund(
              intentId,
              amount,
              outcome,
              {
                afterMs: Math.round(simulation.detail(3) * MAX_PENDING_MS),
                status: endOf(outcome, simulation.detail(4)),
              },
              metadata,
            ),
          );
        return call({
          kind: 'refund',
          about: () => `${amount} of ${intentId}`,
          effect: () => refund(),
          moves: orderId,
          instead: {
            'answer-lost': answerLost(() => refund()),
            'bank-refuses': () => refund('failed'),
            pending: () => refund('pending'),
            'action-needed': () => refund('requires_action'),
            bounces: () => refund('bounces'),
            disputed: () => {
              provider.dispute(intentId);
              return refund();
            },
            'part-given-back': () => {
              givenBack(intentId, 1);
              return refund();
            },
          },
        });
      },
      list: ({ payment_intent: intentId, limit = MAX_PAGE, starting_after: after }: ListParams) =>
        call({
          kind: 'refunds',
          about: () => intentId,
          effect: () => {
            const all = provider.refundsOf(intentId);
            const first = all.findIndex(({ id }) => id === after) + 1;
            const end = first + Math.min(limit, MAX_PAGE);
            return { data: all.slice(first, end), has_more: all.length > end };
          },
        }),
    },
    disputes: {
      list: ({ payment_intent: intentId }: ListParams) =>
        call({
          kind: 'disputes',
          about: () => intentId,
          effect: () => ({ data: provider.disputesOf(intentId), has_more: false }),
        }),
    },
  } as unknown as StripeCalls;
}

/** How a refund ends that has not ended: one that its customer had to act for may also be given up. */
const endOf = (outcome: Refund['status'] | 'bounces' | undefined, draw: number): Settling['status'] => {
  if (outcome === 'requires_action' && draw < 0.25) return 'canceled';
  return outcome === 'bounces' || draw < 0.5 ? 'failed' : 'succeeded';
};

/** A refund that has failed goes on being a fault, and so does one that may fail yet. A decline is none. */
function withAftermath<T>(effect: () => T, invocation: Invocation | undefined): T {
  let isFine = false;
  try {
    const answer = effect();
    isFine = !['failed', 'pending', 'requires_action'].includes(
      (answer as { readonly status?: string }).status ?? '',
    );
    return answer;
  } catch (error) {
    isFine = error instanceof Stripe.errors.StripeCardError;
    throw error;
  } finally {
    if (!isFine && invocation !== undefined) invocation.faults += 1;
  }
}

/** Stripe's pages have up to 100 entries, and nobody is given money back so often. https://docs.stripe.com/api/pagination */
const MAX_PAGE = 2;

/** So long a refund is pending at most. */
const MAX_PENDING_MS = 10 * 60_000;

interface Params {
  readonly amount: number;
  readonly currency: string;
  readonly payment_method: string;
  readonly metadata: { readonly orderId: string };
}

interface RefundParams {
  readonly payment_intent: string;
  readonly amount?: number;
  readonly metadata?: { readonly orderId: string };
}

interface IntentListParams {
  readonly created: { readonly gte: number };
  readonly limit?: number;
  readonly starting_after?: string;
}

interface ListParams {
  readonly payment_intent: string;
  readonly limit?: number;
  readonly starting_after?: string;
}
