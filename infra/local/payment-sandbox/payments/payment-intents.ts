import { renderCharge } from '../afterwards/charge.ts';
import type { Call, Outcome } from '../endpoint.ts';
import { type Answer, invalidRequest, objectAnswer } from '../http/answers.ts';
import { optionalText, refuseUnknown, requiredText } from '../http/form.ts';
import { expansions, readPage } from '../http/page.ts';
import type { LedgerView } from '../ledger/ledger.ts';
import { type PaymentIntent, renderIntent } from './payment-intent.ts';
import { answerOf, changed, charge, unexpectedState } from './payment-intent-charge.ts';
import { readConfirmation, readNewIntent, refuseRedirectToNowhere } from './payment-intent-params.ts';

const epochSeconds = (at: Date): number => Math.floor(at.getTime() / 1000);

/** POST /v1/payment_intents: https://docs.stripe.com/api/payment_intents/create */
export function createPaymentIntent(call: Call, ledger: LedgerView): Outcome {
  const { confirmation, ...params } = readNewIntent(call.form);
  const id = call.newId('pi');
  const intent: PaymentIntent = {
    id,
    clientSecret: call.newId(`${id}_secret`),
    status: params.paymentMethod === null ? 'requires_payment_method' : 'requires_confirmation',
    ...params,
    createdEpochSeconds: epochSeconds(call.at),
    canceledAtEpochSeconds: null,
    latestCharge: null,
    lastPaymentError: null,
  };
  return confirmation === null ? changed(intent, call) : charge(intent, confirmation, call, ledger);
}

/** POST /v1/payment_intents/:id/confirm: https://docs.stripe.com/api/payment_intents/confirm */
export function confirmPaymentIntent(call: Call, ledger: LedgerView): Outcome {
  const { paymentMethod, ...confirmation } = readConfirmation(call.form);
  const intent = existingIntent(call, ledger);
  switch (intent.status) {
    case 'succeeded':
      return unexpectedState(
        intent,
        'You cannot confirm this PaymentIntent because it has already succeeded after being previously confirmed.',
        call,
      );
    case 'processing':
    case 'canceled':
      return unexpectedState(
        intent,
        `You cannot confirm this PaymentIntent because it has a status of ${intent.status}. Only a PaymentIntent with one of the following statuses may be confirmed: requires_confirmation, requires_action.`,
        call,
      );
    default:
      refuseRedirectToNowhere(intent.automaticPaymentMethods);
      return charge(
        { ...intent, paymentMethod: paymentMethod ?? intent.paymentMethod },
        confirmation,
        call,
        ledger,
      );
  }
}

/** POST /v1/payment_intents/:id/cancel: https://docs.stripe.com/api/payment_intents/cancel. Never while it is processed. */
export function cancelPaymentIntent(call: Call, ledger: LedgerView): Outcome {
  refuseUnknown(call.form, new Set());
  const intent = existingIntent(call, ledger);
  if (intent.status === 'processing' || intent.status === 'succeeded' || intent.status === 'canceled') {
    return unexpectedState(
      intent,
      `You cannot cancel this PaymentIntent because it has a status of ${intent.status}. Only a PaymentIntent with one of the following statuses may be canceled: requires_payment_method, requires_capture, requires_confirmation, requires_action.`,
      call,
    );
  }
  return changed({ ...intent, status: 'canceled', canceledAtEpochSeconds: epochSeconds(call.at) }, call);
}

/** GET /v1/payment_intents/:id: https://docs.stripe.com/api/payment_intents/retrieve */
export function retrievePaymentIntent(call: Call, ledger: LedgerView): Answer {
  refuseUnknown(call.form, new Set(['client_secret', 'expand']));
  const intent = existingIntent(call, ledger);
  const expanded = expansions(call.form, ['latest_charge']);
  return expanded.length === 0 || call.caller === 'client'
    ? answerOf(intent, call)
    : objectAnswer(withCharge(intent, ledger));
}

/** GET /v1/payment_intents?created[gte]=…: https://docs.stripe.com/api/payment_intents/list, newest first. */
export function listPaymentIntents(call: Call, ledger: LedgerView): Answer {
  const page = readPage(call.form, ['created', 'expand']);
  const expanded = expansions(call.form, ['data.latest_charge']);
  return objectAnswer({
    ...page.of(ledger.intents(), 'payment_intent', (intent) =>
      expanded.length === 0 ? renderIntent(intent) : withCharge(intent, ledger),
    ),
    url: '/v1/payment_intents',
  });
}

function withCharge(intent: PaymentIntent, ledger: LedgerView): object {
  const shown = renderIntent(intent);
  if (intent.latestCharge === null) return shown;
  const charge = renderCharge(intent, ledger.refundsOf(intent.id), ledger.disputesOf(intent.id));
  return { ...shown, latest_charge: charge };
}

/** A client may only see and confirm the intent whose secret it knows. */
function existingIntent({ id, form, caller }: Call, ledger: LedgerView): PaymentIntent {
  const secret =
    caller === 'client' ? requiredText(form, 'client_secret') : optionalText(form, 'client_secret');
  const intent = ledger.intent(id);
  if (intent === undefined) {
    throw invalidRequest(`No such payment_intent: '${id}'`, {
      code: 'resource_missing',
      param: 'intent',
      status: 404,
    });
  }
  if (secret !== undefined && secret !== intent.clientSecret) {
    throw invalidRequest(
      'The client_secret provided does not match the client_secret associated with the PaymentIntent.',
      { code: 'payment_intent_invalid_parameter', param: 'client_secret' },
    );
  }
  return intent;
}
