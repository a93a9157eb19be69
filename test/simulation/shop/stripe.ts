import Stripe from 'stripe';
import type { StripeCalls } from '../../../functions/payment/provider.ts';
import type { Environment } from '../environment.ts';
import type { Invocation } from '../invocation.ts';
import type { Simulation } from '../simulation.ts';
import type { ChargeRequest } from '../world/provider.ts';
import { flawOfCharge } from './money.ts';

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
      instead: { unreachable, unavailable: down, ...options.instead },
    });
  };
  const answerLost = (effect: () => unknown) => () => {
    effect();
    return unreachable();
  };
  return {
    paymentIntents: {
      create: (
        { amount, currency, payment_method: paymentMethod, metadata }: Params,
        { idempotencyKey: key }: Key = {},
      ) => {
        const request: ChargeRequest = { amount, currency, paymentMethod, orderId: metadata.orderId };
        checker.intended('payment', request.orderId, 'ask');
        checker.fail('P2', flawOfCharge(world, request));
        const charge = (trouble?: 'error before effect' | 'error after effect') => {
          try {
            return provider.charge(request, key, { lag: simulation.detail(3), trouble });
          } finally {
            checker.moved(request.orderId);
          }
        };
        return call({
          kind: 'charge',
          about: () => `${amount} under ${key}`,
          effect: () => charge(),
          instead: {
            'answer-lost': answerLost(() => charge()),
            'error-kept': () => charge('error before effect'),
            'error-kept-after-effect': () => charge('error after effect'),
          },
        });
      },
      search: ({ query }: { readonly query: string }) => {
        const orderId = query.split("'").at(-2) ?? '';
        return call({
          kind: 'search',
          about: () => orderId,
          effect: () => ({ data: provider.search(orderId) }),
          instead: { limited },
        });
      },
    },
    refunds: {
      create: (
        { payment_intent: intentId, amount, metadata }: RefundParams,
        { idempotencyKey: key }: Key = {},
      ) => {
        checker.intended('payment', metadata.orderId, 'undo');
        const refund = (outcome?: Parameters<typeof provider.refund>[2]) => {
          try {
            return provider.refund(intentId, key, outcome, amount);
          } finally {
            checker.moved(metadata.orderId);
          }
        };
        return call({
          kind: 'refund',
          about: () => `${intentId} under ${key}`,
          effect: () => refund(),
          instead: {
            'answer-lost': answerLost(() => refund()),
            'error-kept': () => refund('error before effect'),
            'bank-refuses': () => refund('failed'),
            pending: () => refund('pending'),
          },
        });
      },
      list: ({ payment_intent: intentId }: { readonly payment_intent: string }) =>
        call({
          kind: 'refunds',
          about: () => intentId,
          effect: () => ({ data: provider.refundsOf(intentId) }),
        }),
    },
  } as unknown as StripeCalls;
}

/** An error that a key has kept, or a refund that has failed, goes on being a fault. A decline is none. */
function withAftermath<T>(effect: () => T, invocation: Invocation | undefined): T {
  let isFine = false;
  try {
    const answer = effect();
    isFine = (answer as { readonly status?: string }).status !== 'failed';
    return answer;
  } catch (error) {
    isFine = error instanceof Stripe.errors.StripeCardError;
    throw error;
  } finally {
    if (!isFine && invocation !== undefined) invocation.faults += 1;
  }
}

interface Params {
  readonly amount: number;
  readonly currency: string;
  readonly payment_method: string;
  readonly metadata: { readonly orderId: string };
}

interface RefundParams {
  readonly payment_intent: string;
  readonly amount?: number;
  readonly metadata: { readonly orderId: string };
}

interface Key {
  readonly idempotencyKey?: string;
}
