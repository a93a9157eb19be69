import { errorAnswer, objectAnswer } from './answers.ts';
import type { Call, Outcome } from './endpoint.ts';
import type { LedgerView } from './ledger.ts';
import { orderOf, type PaymentIntent, renderIntent } from './payment-intent.ts';
import type { Confirmation } from './payment-intent-params.ts';
import { type Decline, testPaymentMethod } from './test-payment-methods.ts';

/** Charges the intent's payment method, which decides what happens. */
export function charge(
  intent: PaymentIntent,
  confirmation: Confirmation,
  call: Call,
  ledger: LedgerView,
): Outcome {
  const { paymentMethod } = intent;
  const method = paymentMethod === null ? undefined : testPaymentMethod(paymentMethod);
  if (paymentMethod === null || method === undefined) {
    return unexpectedState(
      intent,
      "You cannot confirm this PaymentIntent because it's missing a payment method. Update the PaymentIntent with a payment method and then confirm it again.",
    );
  }
  switch (method.charge) {
    case 'approved':
    case 'approved_with_locked_refunds':
    case 'approved_with_pending_refunds':
      return capture(intent, call);
    case 'approved_without_answer':
      return { ...capture(intent, call), delivery: 'withheld' };
    case 'approved_after_unavailability':
      return ledger.timesTurnedAway(subjectOf(call)) < method.unavailableTimes
        ? unavailable(intent, call)
        : capture(intent, call);
    case 'authentication_required':
      return confirmation.failsWhenActionIsRequired
        ? decline(intent, paymentMethod, authenticationRequired, call)
        : requireAction(intent);
    case 'declined':
      return decline(intent, paymentMethod, method.decline, call);
    default:
      throw new Error(`unknown test payment method ${JSON.stringify(method satisfies never)}`);
  }
}

// https://docs.stripe.com/declines/codes
const authenticationRequired: Decline = {
  code: 'authentication_required',
  declineCode: 'authentication_required',
  message: 'Your card was declined. This transaction requires authentication.',
};

function capture(intent: PaymentIntent, call: Call): Extract<Outcome, { kind: 'executed' }> {
  const order = orderOf(intent);
  const succeeded: PaymentIntent = {
    ...intent,
    status: 'succeeded',
    latestCharge: call.newId('ch'),
    lastPaymentError: null,
  };
  return {
    kind: 'executed',
    order,
    answer: objectAnswer(renderIntent(succeeded)),
    intent: succeeded,
    movement: {
      at: call.at.toISOString(),
      type: 'capture',
      order,
      amountMinor: intent.amountMinor,
      currency: intent.currency,
      paymentIntent: intent.id,
      refund: null,
      paymentMethod: intent.paymentMethod,
      idempotencyKey: call.idempotencyKey,
    },
  };
}

/** The intent survives its decline without a payment method: https://docs.stripe.com/error-handling */
function decline(intent: PaymentIntent, paymentMethod: string, reason: Decline, call: Call): Outcome {
  const failedCharge = call.newId('ch');
  const error = {
    type: 'card_error' as const,
    code: reason.code,
    ...(reason.declineCode === undefined ? {} : { decline_code: reason.declineCode }),
    message: reason.message,
    charge: failedCharge,
    payment_method: { id: paymentMethod, object: 'payment_method', type: 'card' },
  };
  const declined: PaymentIntent = {
    ...intent,
    status: 'requires_payment_method',
    paymentMethod: null,
    latestCharge: failedCharge,
    lastPaymentError: error,
  };
  return {
    kind: 'executed',
    order: orderOf(intent),
    answer: errorAnswer(402, { ...error, payment_intent: renderIntent(declined) }),
    intent: declined,
  };
}

function requireAction(intent: PaymentIntent): Outcome {
  const waiting: PaymentIntent = { ...intent, status: 'requires_action' };
  return {
    kind: 'executed',
    order: orderOf(intent),
    answer: objectAnswer(renderIntent(waiting)),
    intent: waiting,
  };
}

/** The intent, if it is confirmed by its id: its requests may have a new key each. */
const subjectOf = ({ id, subject }: Call): string => (id === '' ? subject : id);

function unavailable(intent: PaymentIntent, call: Call): Outcome {
  return {
    kind: 'turned_away',
    order: orderOf(intent),
    reason: 'unavailable',
    subject: subjectOf(call),
    answer: errorAnswer(503, {
      type: 'api_error',
      message: 'The payment sandbox plays an unavailable provider: nothing was done.',
    }),
  };
}

export function unexpectedState(intent: PaymentIntent, message: string): Outcome {
  return {
    kind: 'executed',
    order: orderOf(intent),
    answer: errorAnswer(400, {
      type: 'invalid_request_error',
      code: 'payment_intent_unexpected_state',
      message,
      payment_intent: renderIntent(intent),
    }),
  };
}
