import type { Call, Executed, Outcome } from '../endpoint.ts';
import { type Answer, errorAnswer, objectAnswer } from '../http/answers.ts';
import type { LedgerView } from '../ledger/ledger.ts';
import { capture, decline, methodOf } from './capture.ts';
import { orderOf, type PaymentIntent, renderIntent, renderIntentForClient } from './payment-intent.ts';
import type { Confirmation } from './payment-intent-params.ts';
import type { Decline } from './test-payment-methods.ts';

/** Charges the intent's payment method, which decides what happens. */
export function charge(
  intent: PaymentIntent,
  confirmation: Confirmation,
  call: Call,
  ledger: LedgerView,
): Outcome {
  const method = methodOf(intent);
  if (method === undefined) {
    return unexpectedState(
      intent,
      "You cannot confirm this PaymentIntent because it's missing a payment method. Update the PaymentIntent with a payment method and then confirm it again.",
      call,
    );
  }
  switch (method.charge) {
    case 'approved':
    case 'approved_with_locked_refunds':
    case 'approved_with_pending_refunds':
    case 'approved_with_failing_refunds':
    case 'approved_then_disputed':
      return approve(intent, call);
    case 'approved_later':
      return process(intent, call);
    case 'approved_without_answer':
      return { ...approve(intent, call), delivery: 'withheld' };
    case 'approved_after_unavailability':
      return ledger.timesTurnedAway(subjectOf(call)) < method.unavailableTimes
        ? unavailable(intent, call)
        : approve(intent, call);
    case 'authentication_required':
      return confirmation.failsWhenActionIsRequired
        ? refuse(intent, authenticationRequired, call)
        : changed({ ...intent, status: 'requires_action' }, call);
    case 'declined':
      return refuse(intent, method.decline, call);
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

function approve(intent: PaymentIntent, call: Call): Executed {
  const effects = capture(intent, call, call.idempotencyKey);
  return { ...changed(effects.intent, call), ...effects };
}

function process(intent: PaymentIntent, call: Call): Executed {
  const atEpochMs = call.at.getTime() + call.settleMs;
  return {
    ...changed({ ...intent, status: 'processing', lastPaymentError: null }, call),
    later: { what: 'intent_settles', paymentIntent: intent.id, atEpochMs },
  };
}

function refuse(intent: PaymentIntent, reason: Decline, call: Call): Executed {
  const { intent: declined, error } = decline(intent, reason, call);
  return {
    ...changed(declined, call),
    answer: errorAnswer(402, { ...error, payment_intent: shown(declined, call) }),
  };
}

/** Saves the intent, and answers with it. */
export const changed = (intent: PaymentIntent, call: Call): Executed => ({
  kind: 'executed',
  order: orderOf(intent),
  answer: answerOf(intent, call),
  intent,
});

export const answerOf = (intent: PaymentIntent, call: Call): Answer => objectAnswer(shown(intent, call));

const shown = (intent: PaymentIntent, { caller }: Call): object =>
  caller === 'client' ? renderIntentForClient(intent) : renderIntent(intent);

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

export function unexpectedState(intent: PaymentIntent, message: string, call: Call): Outcome {
  return {
    kind: 'executed',
    order: orderOf(intent),
    answer: errorAnswer(400, {
      type: 'invalid_request_error',
      code: 'payment_intent_unexpected_state',
      message,
      payment_intent: shown(intent, call),
    }),
  };
}
