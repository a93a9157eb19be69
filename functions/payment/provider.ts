import Stripe from 'stripe';
import { required } from '../runtime/environment.ts';
import type { PaymentDecline } from '../saga/events.ts';
import type { OrderId } from '../saga/ids.ts';
import type { ProviderAnswer, ProviderCall } from './decide.ts';
import type { Provider } from './payment.ts';

/** A charge usually takes one to two seconds; past this its result is unknown, and is asked for again. */
const TIMEOUT_MS = 5_000;

/**
 * Stripe forgets a key once it is at least 24 hours old; the margin is for clocks that differ. After that the
 * key protects no more, and what became of the charge is looked up by the order instead.
 * https://docs.stripe.com/api/idempotent_requests
 */
const KEY_LIFETIME_MS = 23 * 60 * 60 * 1_000;

/**
 * Stripe, or the sandbox that stands in for it on a laptop. Each call carries an idempotency key made of the
 * order, so that asking again after a lost answer gets the answer and not a second charge.
 */
export function liveProvider(now: () => number = Date.now): Provider {
  let stripe: Stripe | undefined;
  return async (orderId, call, intendedAtMs) => {
    stripe ??= connect();
    try {
      if (call.call === 'refund') return await refund(stripe, orderId, call);
      const isKeyForgotten = now() - intendedAtMs > KEY_LIFETIME_MS;
      const earlier = isKeyForgotten ? await findCharge(stripe, orderId) : undefined;
      return earlier ?? (await charge(stripe, orderId, call));
    } catch (error) {
      throw unknownAnswer(error);
    }
  };
}

function connect(): Stripe {
  const base = process.env.STRIPE_API_BASE;
  const { protocol, hostname, port } = new URL(base || 'https://api.stripe.com');
  return new Stripe(required('STRIPE_SECRET_KEY'), {
    host: hostname,
    protocol: protocol === 'http:' ? 'http' : 'https',
    ...(port === '' ? {} : { port }),
    timeout: TIMEOUT_MS,
    // The delay queues retry, and they survive this process.
    maxNetworkRetries: 0,
    telemetry: false,
  });
}

async function charge(
  stripe: Stripe,
  orderId: OrderId,
  { amountMinor, currency, paymentMethod }: Extract<ProviderCall, { call: 'charge' }>,
): ReturnType<Provider> {
  try {
    const intent = await stripe.paymentIntents.create(
      {
        amount: amountMinor,
        currency: currency.toLowerCase(),
        payment_method: paymentMethod,
        automatic_payment_methods: { enabled: true, allow_redirects: 'never' },
        confirm: true,
        // Nobody is there to answer a challenge, so a card that asks for one is declined.
        error_on_requires_action: true,
        metadata: { orderId },
      },
      { idempotencyKey: orderId },
    );
    return answerOf(intent);
  } catch (error) {
    const decline = declineOf(error);
    if (decline === undefined) throw error;
    return { type: 'charge.declined', decline };
  }
}

/** Search lags behind by up to an hour, which is far less than the age at which it is needed. */
async function findCharge(stripe: Stripe, orderId: OrderId): Promise<ProviderAnswer | undefined> {
  const { data } = await stripe.paymentIntents.search({ query: `metadata['orderId']:'${orderId}'` });
  const intent = data.find(({ status }) => status === 'succeeded') ?? data[0];
  return intent && answerOf(intent);
}

/** https://docs.stripe.com/payments/paymentintents/lifecycle */
function answerOf({ id, status, last_payment_error: refusal }: Stripe.PaymentIntent): ProviderAnswer {
  if (status === 'succeeded') return { type: 'charge.captured', paymentIntentId: id };
  if (status === 'requires_payment_method' || status === 'canceled') {
    const decline = {
      code: refusal?.code ?? status,
      message: refusal?.message ?? `The payment intent is ${status}.`,
    };
    return { type: 'charge.declined', decline };
  }
  throw new ProviderError(`payment intent ${id} is ${status}`);
}

async function refund(
  stripe: Stripe,
  orderId: OrderId,
  { paymentIntentId }: Extract<ProviderCall, { call: 'refund' }>,
): ReturnType<Provider> {
  const { id, status } = await stripe.refunds
    .create(
      { payment_intent: paymentIntentId, metadata: { orderId } },
      { idempotencyKey: `${orderId}:refund` },
    )
    .catch((error: unknown) => earlierRefund(stripe, paymentIntentId, error));
  if (status === 'succeeded' || status === 'pending') return { type: 'refund.succeeded', refundId: id };
  throw new ProviderError(`refund ${id} is ${status}`);
}

/** A charge is refunded in full once: past the key's lifetime, Stripe says that it has been. */
async function earlierRefund(
  stripe: Stripe,
  paymentIntentId: string,
  error: unknown,
): Promise<Stripe.Refund> {
  if (!(error instanceof Stripe.errors.StripeError) || error.code !== 'charge_already_refunded') throw error;
  const { data } = await stripe.refunds.list({ payment_intent: paymentIntentId });
  const earlier = data.find(({ status }) => status === 'succeeded' || status === 'pending');
  if (earlier === undefined) throw error;
  return earlier;
}

/** It is not known what the provider did: the same call with the same key will tell. */
class ProviderError extends Error {
  override readonly name = 'ProviderError';
}

function unknownAnswer(error: unknown): ProviderError {
  if (error instanceof ProviderError) return error;
  if (!(error instanceof Stripe.errors.StripeError))
    return new ProviderError(String(error), { cause: error });
  const { type, code = 'no code', message } = error;
  return new ProviderError(`${type} (${code}): ${message}`, { cause: error });
}

/**
 * A final no: the card's (402), or Stripe's to a payment method or amount that it will never take (400). Any
 * other error leaves open whether there was a charge. https://docs.stripe.com/error-handling
 */
function declineOf(error: unknown): PaymentDecline | undefined {
  if (error instanceof Stripe.errors.StripeCardError) {
    const { code = 'card_declined', decline_code: declineCode, message } = error;
    return { code, message, ...(declineCode ? { declineCode } : {}) };
  }
  if (
    error instanceof Stripe.errors.StripeInvalidRequestError &&
    (error.param === 'payment_method' || error.param === 'amount' || error.param === 'currency')
  ) {
    return { code: error.code ?? 'invalid_request', message: error.message };
  }
  return undefined;
}
