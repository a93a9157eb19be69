import type { ProviderBooks } from '../../../functions/reconciliation/provider-books.ts';
import type { Intent, PaymentProvider } from '../world/provider.ts';

interface IntentList {
  readonly created: { readonly gte: number; readonly lt: number };
  readonly limit: number;
  readonly starting_after?: string;
}

interface RefundList {
  readonly payment_intent: string;
  readonly limit: number;
  readonly starting_after?: string;
}

/** The calls of Stripe's client that an auditor makes, in front of the simulated provider. */
export function providerBooks(provider: PaymentProvider): ProviderBooks {
  return {
    paymentIntents: {
      list: async ({ created, limit, starting_after: after }: IntentList) =>
        pageOf(
          provider.intents.filter((intent) => intent.created >= created.gte && intent.created < created.lt),
          limit,
          after,
          (intent) => shown(provider, intent),
        ),
      retrieve: async (id: string) => shown(provider, provider.retrieve(id)),
    },
    refunds: {
      list: async ({ payment_intent: id, limit, starting_after: after }: RefundList) =>
        pageOf(provider.refundsOf(id), limit, after, (refund) => refund),
    },
    disputes: {
      list: async ({ payment_intent: id }: RefundList) => ({
        data: provider.disputesOf(id).map((dispute) => ({ ...dispute, created: 0 })),
        has_more: false,
      }),
    },
  } as unknown as ProviderBooks;
}

/** https://docs.stripe.com/api/pagination */
function pageOf<T extends { readonly id: string }>(
  all: readonly T[],
  limit: number,
  after: string | undefined,
  show: (each: T) => unknown,
) {
  const first = all.findIndex(({ id }) => id === after) + 1;
  return { data: all.slice(first, first + limit).map(show), has_more: all.length > first + limit };
}

function shown(provider: PaymentProvider, intent: Intent) {
  const received = intent.status === 'succeeded' ? intent.amount : 0;
  return {
    ...intent,
    amount_received: received,
    metadata: { orderId: intent.orderId },
    latest_charge: {
      amount_refunded: received === 0 ? 0 : provider.retrieve(intent.id).latest_charge.amount_refunded,
      disputed: provider.disputesOf(intent.id).length > 0,
    },
  };
}
