import Stripe from 'stripe';
import type { ForeignId } from '../../engine/insight/look-up.ts';
import { whatFailed } from '../payment/provider-code.ts';

/** The calls of Stripe's SDK that are used here; a test has others. */
export interface Shelf {
  readonly paymentIntents: Pick<Stripe['paymentIntents'], 'retrieve'>;
  readonly refunds: Pick<Stripe['refunds'], 'retrieve'>;
}

/** Stripe's ids of a payment, which has the order's id in its metadata: https://docs.stripe.com/api/metadata */
export const providerIds = (connect: () => Promise<Shelf>): readonly ForeignId[] => [
  {
    of: 'payment intent',
    pattern: /^pi_\w{1,250}$/,
    find: (id) => asked(async () => await orderOfIntent(await connect(), id)),
  },
  {
    of: 'refund',
    pattern: /^re_\w{1,250}$/,
    find: (id) =>
      asked(async () => {
        const stripe = await connect();
        const { metadata, payment_intent: intent } = await stripe.refunds.retrieve(id);
        // A refund that a person has made names no order, but its payment does.
        if (metadata?.orderId !== undefined || intent === null) return metadata?.orderId ?? '';
        return await orderOfIntent(stripe, typeof intent === 'string' ? intent : intent.id);
      }),
  },
];

const orderOfIntent = async ({ paymentIntents }: Shelf, id: string): Promise<string> =>
  (await paymentIntents.retrieve(id)).metadata.orderId ?? '';

/** Undefined if Stripe has no such object. https://docs.stripe.com/error-codes#resource-missing */
async function asked(call: () => Promise<string>): Promise<string | undefined> {
  try {
    return await call();
  } catch (error) {
    if (error instanceof Stripe.errors.StripeInvalidRequestError && error.code === 'resource_missing')
      return undefined;
    // Its own words stay with Stripe.
    throw new Error(whatFailed(error));
  }
}
