import type { Moment } from '../endpoint.ts';
import type { Effects, Later } from '../ledger/effects.ts';
import { orderOf, type PaymentIntent } from './payment-intent.ts';
import { type Decline, type TestPaymentMethod, testPaymentMethod } from './test-payment-methods.ts';

export const methodOf = ({ paymentMethod }: PaymentIntent): TestPaymentMethod | undefined =>
  paymentMethod === null ? undefined : testPaymentMethod(paymentMethod);

/** The one place where a charge moves money. */
export function capture(
  intent: PaymentIntent,
  { at, newId, settleMs }: Moment,
  idempotencyKey: string | null,
): Effects & { readonly intent: PaymentIntent } {
  const succeeded: PaymentIntent = {
    ...intent,
    status: 'succeeded',
    latestCharge: newId('ch'),
    lastPaymentError: null,
  };
  const later: Later = {
    what: 'charge_is_disputed',
    paymentIntent: intent.id,
    atEpochMs: at.getTime() + settleMs,
  };
  return {
    intent: succeeded,
    movement: {
      at: at.toISOString(),
      type: 'capture',
      order: orderOf(intent),
      amountMinor: intent.amountMinor,
      currency: intent.currency,
      paymentIntent: intent.id,
      refund: null,
      paymentMethod: intent.paymentMethod,
      idempotencyKey,
    },
    ...(methodOf(intent)?.charge === 'approved_then_disputed' ? { later } : {}),
  };
}

/** The body of a card error, without the objects that only an answer has. */
export interface Failure {
  readonly type: 'card_error' | 'invalid_request_error';
  readonly code: string;
  readonly decline_code?: string;
  readonly message: string;
  readonly charge?: string;
  readonly payment_method: object;
}

/** The intent survives its decline without a payment method: https://docs.stripe.com/error-handling */
export function decline(
  intent: PaymentIntent,
  reason: Decline,
  { newId }: Moment,
): { readonly intent: PaymentIntent; readonly error: Failure } {
  const charge = newId('ch');
  const error: Failure = {
    type: 'card_error',
    code: reason.code,
    ...(reason.declineCode === undefined ? {} : { decline_code: reason.declineCode }),
    message: reason.message,
    charge,
    payment_method: shownMethod(intent),
  };
  return { intent: { ...withoutMethod(intent, error), latestCharge: charge }, error };
}

/** https://docs.stripe.com/error-codes#payment-intent-authentication-failure */
export const failAuthentication = (intent: PaymentIntent): PaymentIntent =>
  withoutMethod(intent, {
    type: 'invalid_request_error',
    code: 'payment_intent_authentication_failure',
    message:
      'The provided PaymentMethod has failed authentication. Provide another PaymentMethod to attempt the payment again.',
    payment_method: shownMethod(intent),
  });

const withoutMethod = (intent: PaymentIntent, error: Failure): PaymentIntent => ({
  ...intent,
  status: 'requires_payment_method',
  paymentMethod: null,
  lastPaymentError: error,
});

const shownMethod = ({ paymentMethod }: PaymentIntent): object => ({
  id: paymentMethod,
  object: 'payment_method',
  type: 'card',
});
