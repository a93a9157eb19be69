import Stripe from 'stripe';
import { required } from '../../engine/environment/environment.ts';
import { secret } from '../../engine/environment/secret.ts';
import { MAX_TEXT_LENGTH, type PaymentDecline } from '../events.ts';
import type { OrderId } from '../shop.ts';
import type { Provider } from './decide.ts';

/** A charge usually takes one to two seconds. After this timeout its result is unknown, and the call is made again. */
const TIMEOUT_MS = 5_000;

/**
 * Stripe, or the sandbox that stands in for it on a laptop. Each call carries an idempotency key made of the order's
 * id, so a repeated call gets the lost answer and not a second charge. But Stripe forgets a key after a day, and
 * repeats its own server errors under the key until then. So a repeated call first searches for the charge. Search
 * covers all but the last minute, and the key covers that.
 * https://docs.stripe.com/api/idempotent_requests · https://docs.stripe.com/search#data-freshness
 */
export const stripeProvider = (connect: () => StripeCalls | Promise<StripeCalls>): Provider => {
  const ask = async <T>(call: (stripe: StripeCalls) => Promise<T>): Promise<T> => {
    try {
      return await call(await connect());
    } catch (error) {
      throw unknownAnswer(error);
    }
  };
  return {
    call: (orderId, request, again) =>
      ask(
        async (stripe) =>
          (again ? await findCharge(stripe, orderId) : undefined) ?? (await charge(stripe, orderId, request)),
      ),
    undo: (orderId, payment, again) => ask((stripe) => refund(stripe, orderId, payment, again)),
  };
};

type Charged = Awaited<ReturnType<Provider['call']>>;

/** The parts of the SDK's client that are used here. It is an argument, so a simulation can stand in. */
export interface StripeCalls {
  readonly paymentIntents: Pick<Stripe['paymentIntents'], 'create' | 'search'>;
  readonly refunds: Pick<Stripe['refunds'], 'create' | 'list'>;
}

/** Keeps one client for the life of the Lambda environment, or until the key changes. */
export function liveProvider(): Provider {
  let client: { readonly key: string; readonly stripe: Stripe } | undefined;
  return stripeProvider(async () => {
    const key = await stripeKey();
    if (client?.key !== key) client = { key, stripe: connectWith(key) };
    return client.stripe;
  });
}

/** The key comes from Secrets Manager in AWS, from the environment on a laptop. */
async function stripeKey(): Promise<string> {
  const id = process.env.STRIPE_SECRET;
  return id ? await secret(id) : required('STRIPE_SECRET_KEY');
}

function connectWith(key: string): Stripe {
  const base = process.env.STRIPE_API_BASE;
  const { protocol, hostname, port } = new URL(base || 'https://api.stripe.com');
  return new Stripe(key, {
    host: hostname,
    protocol: protocol === 'http:' ? 'http' : 'https',
    ...(port === '' ? {} : { port }),
    timeout: TIMEOUT_MS,
    // The delay queues retry, and they survive this process. The SDK still retries when the peer resets a connection.
    maxNetworkRetries: 0,
    telemetry: false,
  });
}

async function charge(
  stripe: StripeCalls,
  orderId: OrderId,
  { amountMinor, currency, paymentMethod }: Parameters<Provider['call']>[1],
): Promise<Charged> {
  try {
    const intent = await stripe.paymentIntents.create(
      {
        amount: amountMinor,
        currency: currency.toLowerCase(),
        payment_method: paymentMethod,
        automatic_payment_methods: { enabled: true, allow_redirects: 'never' },
        confirm: true,
        // Nobody can answer a challenge, so a card that needs one is declined.
        error_on_requires_action: true,
        metadata: { orderId },
      },
      { idempotencyKey: orderId },
    );
    return answerOf(intent);
  } catch (error) {
    const decline = declineOf(error);
    if (decline === undefined) throw error;
    return { refused: { decline } };
  }
}

async function findCharge(stripe: StripeCalls, orderId: OrderId): Promise<Charged | undefined> {
  const { data } = await stripe.paymentIntents.search({ query: `metadata['orderId']:'${orderId}'` });
  const intent = data.find(({ status }) => status === 'succeeded') ?? data[0];
  return intent && answerOf(intent);
}

/** https://docs.stripe.com/payments/paymentintents/lifecycle */
function answerOf({ id, status, last_payment_error: refusal }: Stripe.PaymentIntent): Charged {
  if (status === 'succeeded') return { done: { paymentIntentId: id } };
  if (status === 'requires_payment_method' || status === 'canceled') {
    const message = refusal?.message ?? `The payment intent is ${status}.`;
    return { refused: { decline: declined(refusal?.code ?? status, message, refusal?.decline_code) } };
  }
  throw new ProviderError(`payment intent ${id} is ${status}`);
}

/** Under the key of a failed refund Stripe repeats the failure, so each refund takes the next key. */
async function refund(
  stripe: StripeCalls,
  orderId: OrderId,
  { paymentIntentId }: Parameters<Provider['undo']>[1],
  again: boolean,
): ReturnType<Provider['undo']> {
  const earlier = again
    ? (await stripe.refunds.list({ payment_intent: paymentIntentId, limit: 100 })).data
    : [];
  const refunded =
    earlier.find(isRefunded) ??
    (await stripe.refunds.create(
      { payment_intent: paymentIntentId, metadata: { orderId } },
      { idempotencyKey: `${orderId}:refund:${earlier.length}` },
    ));
  if (isRefunded(refunded)) return { refundId: refunded.id };
  throw new ProviderError(`refund ${refunded.id} is ${refunded.status}`);
}

/** A pending refund is on its way to the bank; Stripe finishes it. https://docs.stripe.com/refunds */
const isRefunded = ({ status }: Stripe.Refund): boolean => status === 'succeeded' || status === 'pending';

/** The provider's answer is unknown. The same call with the same key finds it out. */
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
 * A final no: the card was declined (402), or Stripe refused the request and did nothing (400, 404). After any other
 * error there may be a charge. https://docs.stripe.com/error-handling
 */
function declineOf(error: unknown): PaymentDecline | undefined {
  if (error instanceof Stripe.errors.StripeCardError) {
    return declined(error.code || 'card_declined', error.message, error.decline_code);
  }
  if (error instanceof Stripe.errors.StripeInvalidRequestError) {
    return declined(error.code || 'invalid_request', error.message);
  }
  return undefined;
}

function declined(code: string, message: string, declineCode?: string): PaymentDecline {
  // The cut may go through a surrogate pair.
  const bounded = (text: string) => text.slice(0, MAX_TEXT_LENGTH).toWellFormed();
  return {
    code: bounded(code),
    message: bounded(message),
    ...(declineCode ? { declineCode: bounded(declineCode) } : {}),
  };
}
