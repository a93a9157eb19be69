import Stripe from 'stripe';
import { Deferred } from '../../engine/batch/deferred.ts';
import { Pending } from '../../engine/saga/external-step.ts';
import type { PaymentDecline } from '../events.ts';
import type { OrderId } from '../shop.ts';
import type { Provider } from './decide.ts';
import { codeIn, whatFailed } from './provider-code.ts';
import { giveBack, hasGivenBack } from './refund.ts';
import type { RestoredCharges } from './restored.ts';
import { liveStripe, type StripeCalls } from './stripe-client.ts';
import { tellingDeclines } from './tell-declines.ts';

/**
 * Stripe, or the sandbox that stands in for it on a laptop. A payment has one lifecycle, by the id of its payment intent:
 * it is made without moving money, its id is written, and then it is confirmed by that id. After a lost answer the same
 * id tells what happened, however long ago: nothing depends on a key that Stripe forgets, or on a search that lags. An
 * intent that nobody wrote down is never confirmed, so it does no harm.
 * https://docs.stripe.com/payments/paymentintents/lifecycle
 */
export const stripeProvider = (connect: () => StripeCalls | Promise<StripeCalls>): Provider => {
  const ask = async <T>(call: (stripe: StripeCalls) => Promise<T>): Promise<T> => {
    try {
      return await call(await connect());
    } catch (error) {
      throw error instanceof Deferred ? error : unknownAnswer(error);
    }
  };
  return {
    prepare: (orderId, request) => ask((stripe) => create(stripe, orderId, request)),
    call: (_, request, again, unwanted = false) =>
      ask((stripe) => (again ? goOn(stripe, request, unwanted) : confirm(stripe, request))),
    undo: (orderId, payment, again) => ask((stripe) => giveBack(stripe, orderId, payment, again)),
    observe: (_, { paymentIntentId }) => ask((stripe) => observe(stripe, paymentIntentId)),
  };
};

/** The provider of the functions. */
export const liveProvider = (connect = liveStripe()): Provider => tellingDeclines(stripeProvider(connect));

/** The same for a payment whose table was restored: Stripe may have charged, or given back, what that does not know. */
export const recallingProvider = (
  connect: () => StripeCalls | Promise<StripeCalls>,
  charges: RestoredCharges,
  provider = stripeProvider(connect),
): Provider => ({
  ...provider,
  call: async (orderId, request, ...how) => {
    const answer = await provider.call(orderId, request, ...how);
    // The order may have been confirmed before people gave a part of the money back.
    if (!('revoked' in answer) || (await hasGivenBack(await connect(), orderId, request.paymentIntentId)))
      return answer;
    return { done: answer.revoked };
  },
  recall: async (orderId, { done, unwanted }) => {
    const stripe = await connect();
    if (done !== undefined) return await recallDone(stripe, orderId, done as Charge);
    const intent = await charges.of(orderId);
    if (intent === undefined) return undefined;
    const { id: paymentIntentId, amount: amountMinor, currency } = intent;
    const held = { paymentIntentId, amountMinor, currency: currency.toUpperCase() };
    if (!unwanted) return { held };
    const answer = await provider.call(orderId, held as Request, true, true);
    if (answer instanceof Pending) throw new ProviderError(answer.reason);
    return 'refused' in answer ? undefined : { held };
  },
});

type Charge = Parameters<Provider['observe']>[1];

type Charged = Awaited<ReturnType<Provider['call']>>;
type Request = Parameters<Provider['call']>[1];

/** Makes the payment intent. Its payment method is not charged yet. */
async function create(
  stripe: StripeCalls,
  orderId: OrderId,
  { amountMinor, currency, paymentMethod }: Parameters<Provider['prepare']>[1],
): ReturnType<Provider['prepare']> {
  try {
    const { id } = await stripe.paymentIntents.create({
      amount: amountMinor,
      currency: currency.toLowerCase(),
      payment_method: paymentMethod,
      // Cards answer at once. What settles days later is refused here, before anything is charged.
      allowed_payment_method_types: ['card'],
      metadata: { orderId },
    });
    if (typeof id !== 'string') throw new ProviderError('a payment intent without an id');
    return { prepared: { paymentIntentId: id } };
  } catch (error) {
    return { refused: { decline: declineOf(error) } };
  }
}

/**
 * Charges. No idempotency key is needed: an intent is charged once, and after a decline it has no payment method, so to
 * confirm it again charges nobody.
 */
async function confirm(stripe: StripeCalls, { paymentIntentId }: Request): Promise<Charged> {
  try {
    return answerOf(await stripe.paymentIntents.confirm(paymentIntentId));
  } catch (error) {
    // What state it is in instead, only the intent itself can say.
    if (codeOf(error) === 'payment_intent_unexpected_state') throw error;
    return { refused: { decline: declineOf(error) } };
  }
}

/** Finds out how far an earlier call came, and goes on from there. */
async function goOn(stripe: StripeCalls, request: Request, unwanted: boolean): Promise<Charged> {
  const { paymentIntentId } = request;
  const intent = await stripe.paymentIntents.retrieve(paymentIntentId, { expand: ['latest_charge'] });
  if (intent.status === 'succeeded' && refundedOf(intent) > 0) return revoked(paymentIntentId);
  if (intent.status === 'requires_confirmation' && !unwanted) return await confirm(stripe, request);
  if (intent.status === 'requires_action' && !unwanted) return answerOf(intent);
  if (!isOpen(intent)) return answerOf(intent);
  const cancelled = await stripe.paymentIntents.cancel(paymentIntentId);
  // The reason of the decline is the card's, and not the cancellation that followed.
  return answerOf({ ...cancelled, last_payment_error: intent.last_payment_error });
}

/** A charge that was given back, if only in part, confirms nothing: the rest has to go back, too. */
const revoked = (paymentIntentId: string): Charged => ({
  revoked: { paymentIntentId },
  refusal: { decline: declined('charge_refunded') },
});

/** Of a charge in the record: whether the payment has given it back since. What people gave back changes no order. */
async function recallDone(
  stripe: StripeCalls,
  orderId: OrderId,
  { paymentIntentId, lines: _, ...charge }: Charge,
): Promise<Awaited<ReturnType<NonNullable<Provider['recall']>>>> {
  const held = { paymentIntentId, ...charge };
  const intent = await stripe.paymentIntents.retrieve(paymentIntentId, { expand: ['latest_charge'] });
  if (refundedOf(intent) === 0 || !(await hasGivenBack(stripe, orderId, paymentIntentId))) return { held };
  return { held, refusal: { decline: declined('charge_refunded') } };
}

/**
 * Nothing is charged, but it could be: a customer who was shown the client secret may try another card after a challenge
 * has failed. So the intent is cancelled before the decline is said.
 */
const isOpen = ({ status }: Stripe.PaymentIntent): boolean =>
  status !== 'succeeded' && status !== 'canceled' && status !== 'processing';

/** What a person gave back at Stripe's dashboard before the charge was even written down. */
const refundedOf = ({ latest_charge: charge }: Stripe.PaymentIntent): number =>
  typeof charge === 'object' ? (charge?.amount_refunded ?? 0) : 0;

function answerOf(intent: Stripe.PaymentIntent): Charged {
  const { id, status, last_payment_error: refusal } = intent;
  switch (status) {
    case 'succeeded':
      return { done: { paymentIntentId: id } };
    case 'requires_action':
      return challengeOf(intent);
    case 'requires_payment_method':
    case 'canceled':
      return { refused: { decline: declined(refusal?.code ?? status, refusal?.decline_code) } };
    case 'processing':
      return new Pending(`payment intent ${id} is ${status}`);
    default:
      throw new ProviderError(`payment intent ${id} is ${status}`);
  }
}

/** The customer's bank wants to see the customer: 3-D Secure. https://docs.stripe.com/payments/3d-secure */
function challengeOf({ id, client_secret: clientSecret }: Stripe.PaymentIntent): Charged {
  if (typeof clientSecret !== 'string') throw new ProviderError(`payment intent ${id} has no client secret`);
  return {
    waits: { waitingFor: 'customer' },
    action: { clientSecret, call: 'stripe.handleNextAction({ clientSecret })' },
  };
}

/** What people and banks have done about a charge. */
async function observe(stripe: StripeCalls, paymentIntentId: string): ReturnType<Provider['observe']> {
  const intent = await stripe.paymentIntents.retrieve(paymentIntentId, { expand: ['latest_charge'] });
  const charge = typeof intent.latest_charge === 'object' ? intent.latest_charge : null;
  const disputes = charge?.disputed
    ? (await stripe.disputes.list({ payment_intent: paymentIntentId, limit: 100 })).data
    : [];
  return {
    refundedMinor: refundedOf(intent),
    disputes: disputes.map(({ id, status, reason, amount: amountMinor }) => ({
      id,
      status: codeIn(status),
      reason: codeIn(reason),
      amountMinor,
    })),
  };
}

/** The provider's answer is unknown. The payment intent tells it later. */
class ProviderError extends Error {
  override readonly name = 'ProviderError';
}

function unknownAnswer(error: unknown): ProviderError {
  if (error instanceof ProviderError) return error;
  // Its cause would have Stripe's words.
  if (error instanceof Stripe.errors.StripeError) return new ProviderError(whatFailed(error));
  return new ProviderError(whatFailed(error), { cause: error });
}

const codeOf = (error: unknown): string | undefined =>
  error instanceof Stripe.errors.StripeError ? error.code : undefined;

/**
 * A final no: the card was declined (402), or Stripe refused the request and did nothing (400, 404).
 * https://docs.stripe.com/error-handling
 *
 * @throws any other error: after it there may be a charge
 */
function declineOf(error: unknown): PaymentDecline {
  if (error instanceof Stripe.errors.StripeCardError) {
    return declined(error.code || 'card_declined', error.decline_code);
  }
  if (error instanceof Stripe.errors.StripeInvalidRequestError) {
    return declined(error.code || 'invalid_request');
  }
  throw error;
}

/** Stripe's own message is left out: it may repeat what the request had in it. */
function declined(code: string, declineCode?: string): PaymentDecline {
  const reason = codeIn(code);
  const detail = declineCode ? { declineCode: codeIn(declineCode) } : {};
  return { code: reason, message: `The provider says ${detail.declineCode ?? reason}.`, ...detail };
}
