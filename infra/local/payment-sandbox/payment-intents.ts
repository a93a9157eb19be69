import { invalidRequest, objectAnswer } from './answers.ts';
import type { Call, Outcome } from './endpoint.ts';
import { list, oneOf, optionalText, refuseUnknown } from './form.ts';
import type { LedgerView } from './ledger.ts';
import { orderOf, type PaymentIntent, renderCharge, renderIntent } from './payment-intent.ts';
import { charge, unexpectedState } from './payment-intent-charge.ts';
import { readConfirmation, readNewIntent, refuseRedirectToNowhere } from './payment-intent-params.ts';

const epochSeconds = (at: Date): number => Math.floor(at.getTime() / 1000);

/** POST /v1/payment_intents: https://docs.stripe.com/api/payment_intents/create */
export function createPaymentIntent(call: Call, ledger: LedgerView): Outcome {
  const { confirmation, ...params } = readNewIntent(call.form);
  const intent: PaymentIntent = {
    id: call.newId('pi'),
    status: params.paymentMethod === null ? 'requires_payment_method' : 'requires_confirmation',
    ...params,
    createdEpochSeconds: epochSeconds(call.at),
    canceledAtEpochSeconds: null,
    cancellationReason: null,
    latestCharge: null,
    lastPaymentError: null,
  };
  if (confirmation !== null) return charge(intent, confirmation, call, ledger);
  return { kind: 'executed', order: orderOf(intent), answer: objectAnswer(renderIntent(intent)), intent };
}

/** POST /v1/payment_intents/:id/confirm: https://docs.stripe.com/api/payment_intents/confirm */
export function confirmPaymentIntent(call: Call, ledger: LedgerView): Outcome {
  const { paymentMethod, ...confirmation } = readConfirmation(call.form);
  const intent = existingIntent(call.id, ledger);
  if (intent.status === 'succeeded') {
    return unexpectedState(
      intent,
      'You cannot confirm this PaymentIntent because it has already succeeded after being previously confirmed.',
    );
  }
  if (intent.status === 'canceled') {
    return unexpectedState(
      intent,
      'You cannot confirm this PaymentIntent because it has a status of canceled. Only a PaymentIntent with one of the following statuses may be confirmed: requires_confirmation, requires_action.',
    );
  }
  refuseRedirectToNowhere(intent.automaticPaymentMethods, call.form);
  return charge(
    { ...intent, paymentMethod: paymentMethod ?? intent.paymentMethod },
    confirmation,
    call,
    ledger,
  );
}

const cancellationReasons = ['abandoned', 'duplicate', 'fraudulent', 'requested_by_customer'] as const;

/** POST /v1/payment_intents/:id/cancel: https://docs.stripe.com/api/payment_intents/cancel */
export function cancelPaymentIntent(call: Call, ledger: LedgerView): Outcome {
  refuseUnknown(call.form, new Set(['cancellation_reason']));
  const cancellationReason = oneOf(call.form, 'cancellation_reason', cancellationReasons) ?? null;
  const intent = existingIntent(call.id, ledger);
  if (intent.status === 'succeeded' || intent.status === 'canceled') {
    return unexpectedState(
      intent,
      `You cannot cancel this PaymentIntent because it has a status of ${intent.status}. Only a PaymentIntent with one of the following statuses may be canceled: requires_payment_method, requires_capture, requires_confirmation, requires_action, processing.`,
    );
  }
  const canceled: PaymentIntent = {
    ...intent,
    status: 'canceled',
    canceledAtEpochSeconds: epochSeconds(call.at),
    cancellationReason,
  };
  return {
    kind: 'executed',
    order: orderOf(intent),
    answer: objectAnswer(renderIntent(canceled)),
    intent: canceled,
  };
}

/** GET /v1/payment_intents/:id: https://docs.stripe.com/api/payment_intents/retrieve */
export function retrievePaymentIntent(call: Call, ledger: LedgerView) {
  refuseUnknown(call.form, new Set(['client_secret', 'expand']));
  optionalText(call.form, 'client_secret');
  const intent = existingIntent(call.id, ledger);
  const [unknown] = list(call.form, 'expand').filter((name) => name !== 'latest_charge');
  if (unknown !== undefined) {
    throw invalidRequest(`This property cannot be expanded (${unknown}).`, { param: 'expand' });
  }
  if (!call.form.has('expand[0]') || intent.latestCharge === null) return objectAnswer(renderIntent(intent));
  const charge = renderCharge(intent, ledger.refundsOf(intent.id));
  return objectAnswer({ ...renderIntent(intent), latest_charge: charge });
}

function existingIntent(id: string, ledger: LedgerView): PaymentIntent {
  const intent = ledger.intent(id);
  if (intent !== undefined) return intent;
  throw invalidRequest(`No such payment_intent: '${id}'`, {
    code: 'resource_missing',
    param: 'intent',
    status: 404,
  });
}
