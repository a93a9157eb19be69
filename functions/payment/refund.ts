import Stripe from 'stripe';
import { Impasse, Pending } from '../../engine/saga/external-step.ts';
import type { OrderId } from '../shop.ts';
import { codeIn } from './provider-code.ts';
import type { StripeCalls } from './stripe-client.ts';

/** https://docs.stripe.com/api/pagination */
const PAGE = 100;

/** A bank that has sent so many refunds back, for a card that is lost or an account that is closed, takes none. */
const MAX_FAILED = 5;

/** With these codes Stripe says that it will never give the money back. https://docs.stripe.com/error-codes */
const FINAL = new Set(['charge_disputed', 'refund_disputed_payment', 'charge_not_refundable']);

/** Nothing is left, unless a refund has failed that Stripe still counts as given. */
const NOTHING_LEFT = 'charge_already_refunded';

type GivenBack = { readonly refundId: string };
type Unrefundable = Impasse<{ readonly waitingFor: 'person'; readonly reason: string }>;

/**
 * Gives back what is left of a charge, whoever gave back parts of it before: a person at Stripe's dashboard may have. It
 * is given back once Stripe says so: a refund that is pending may still fail, and then it is asked for again. No
 * idempotency key is needed, since Stripe refuses to give back more than is left. What Stripe will never give back, a
 * person has to. https://docs.stripe.com/refunds
 *
 * @throws if it is not known what was given back
 */
export async function giveBack(
  stripe: StripeCalls,
  orderId: OrderId,
  { paymentIntentId, amountMinor }: { readonly paymentIntentId: string; readonly amountMinor: number },
  again: boolean,
): Promise<GivenBack | Pending | Unrefundable> {
  const refunds = again ? await refundsOf(stripe, paymentIntentId) : [];
  // If it is less by now, somebody else gives back money at this moment.
  const isStillLeft = async (left: number) =>
    amountMinor - givenIn(await refundsOf(stripe, paymentIntentId)) === left;
  const left = amountMinor - givenIn(refunds);
  if (left > 0) {
    const failed = refunds.filter((refund) => !isGiven(refund));
    if (failed.length >= MAX_FAILED)
      return unrefundable(
        failed[0]?.failure_reason ? codeIn(failed[0].failure_reason) : 'the bank takes no refund',
      );
    const wanted = { payment_intent: paymentIntentId, amount: left, metadata: { orderId } };
    try {
      refunds.unshift(await stripe.refunds.create(wanted));
    } catch (error) {
      const code = error instanceof Stripe.errors.StripeInvalidRequestError ? (error.code ?? '') : '';
      if (FINAL.has(code)) return unrefundable(code);
      const isFinal = code === NOTHING_LEFT && again && (await isStillLeft(left));
      if (isFinal) return unrefundable(code);
      throw error;
    }
  }
  const given = refunds.filter(isGiven);
  const [last] = given;
  if (last === undefined || givenIn(refunds) < amountMinor)
    throw new Error(`refund ${refunds[0]?.id} is ${refunds[0]?.status}`);
  const open = given.find(({ status }) => status !== 'succeeded');
  return open === undefined ? { refundId: last.id } : new Pending(`refund ${open.id} is ${open.status}`);
}

/** Whether the payment itself has asked for a refund, which it marks with the order. */
export async function hasGivenBack(
  stripe: StripeCalls,
  orderId: OrderId,
  paymentIntentId: string,
): Promise<boolean> {
  const refunds = await refundsOf(stripe, paymentIntentId);
  return refunds.some((refund) => isGiven(refund) && refund.metadata?.orderId === orderId);
}

const unrefundable = (reason: string): Unrefundable => new Impasse({ waitingFor: 'person', reason });

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
