import type Stripe from 'stripe';
import { Pending } from '../../engine/saga/external-step.ts';
import type { OrderId } from '../shop.ts';
import type { StripeCalls } from './stripe-client.ts';

/** https://docs.stripe.com/api/pagination */
const PAGE = 100;

/**
 * Gives back what is left of a charge, whoever gave back parts of it before: a person at Stripe's dashboard may have. It
 * is given back once Stripe says so: a refund that is pending may still fail, and then it is asked for again. No
 * idempotency key is needed, since Stripe refuses to give back more than is left. https://docs.stripe.com/refunds
 *
 * @throws if it is not known what was given back
 */
export async function giveBack(
  stripe: StripeCalls,
  orderId: OrderId,
  { paymentIntentId, amountMinor }: { readonly paymentIntentId: string; readonly amountMinor: number },
  again: boolean,
): Promise<{ readonly refundId: string } | Pending> {
  const refunds = again ? await refundsOf(stripe, paymentIntentId) : [];
  const left = amountMinor - givenIn(refunds);
  if (left > 0) {
    const wanted = { payment_intent: paymentIntentId, amount: left, metadata: { orderId } };
    refunds.unshift(await stripe.refunds.create(wanted));
  }
  const given = refunds.filter(isGiven);
  const [last] = given;
  if (last === undefined || givenIn(refunds) < amountMinor)
    throw new Error(`refund ${refunds[0]?.id} is ${refunds[0]?.status}`);
  const open = given.find(({ status }) => status !== 'succeeded');
  return open === undefined ? { refundId: last.id } : new Pending(`refund ${open.id} is ${open.status}`);
}

const givenIn = (refunds: readonly Stripe.Refund[]): number =>
  refunds.filter(isGiven).reduce((sum, { amount }) => sum + amount, 0);

/** All of them, newest first. */
async function refundsOf(stripe: StripeCalls, paymentIntentId: string): Promise<Stripe.Refund[]> {
  const refunds: Stripe.Refund[] = [];
  for (let hasMore = true; hasMore; ) {
    const last = refunds.at(-1);
    const page = await stripe.refunds.list({
      payment_intent: paymentIntentId,
      limit: PAGE,
      ...(last === undefined ? {} : { starting_after: last.id }),
    });
    refunds.push(...page.data);
    hasMore = page.has_more;
  }
  return refunds;
}

/** The money has left, or is about to. https://docs.stripe.com/api/refunds/object#refund_object-status */
const isGiven = ({ status }: Stripe.Refund): boolean =>
  status === 'succeeded' || status === 'pending' || status === 'requires_action';
