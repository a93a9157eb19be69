import { errorAnswer, invalidRequest, objectAnswer } from './answers.ts';
import type { Call, Outcome } from './endpoint.ts';
import { integer, metadata, oneOf, optionalText, refuseUnknown, requiredText } from './form.ts';
import type { LedgerView } from './ledger.ts';
import { orderOf, type PaymentIntent } from './payment-intent.ts';
import { type Refund, renderRefund } from './refund.ts';
import { testPaymentMethod } from './test-payment-methods.ts';

const reasons = ['duplicate', 'fraudulent', 'requested_by_customer'] as const;
const knownToCreate = new Set(['payment_intent', 'amount', 'metadata', 'reason']);

/** POST /v1/refunds: https://docs.stripe.com/api/refunds/create */
export function createRefund(call: Call, ledger: LedgerView): Outcome {
  refuseUnknown(call.form, knownToCreate);
  const id = requiredText(call.form, 'payment_intent');
  const asked = integer(call.form, 'amount', { min: 1, max: Number.MAX_SAFE_INTEGER });
  const reason = oneOf(call.form, 'reason', reasons) ?? null;
  const labels = metadata(call.form);
  const intent = ledger.intent(id);
  if (intent === undefined) {
    throw invalidRequest(`No such payment_intent: '${id.slice(0, 100)}'`, {
      code: 'resource_missing',
      param: 'payment_intent',
    });
  }
  if (refundIsLocked(intent, ledger)) return locked(intent);
  const refunded = ledger.refundsOf(id).reduce((sum, { amountMinor }) => sum + amountMinor, 0);
  const remaining = intent.status === 'succeeded' ? intent.amountMinor - refunded : 0;
  const amountMinor = asked ?? remaining;
  const refusal = refuse(intent, amountMinor, remaining);
  if (refusal !== undefined) return { kind: 'executed', order: orderOf(intent), answer: refusal };
  return give(intent, { amountMinor, reason, metadata: labels }, call);
}

function give(
  intent: PaymentIntent,
  asked: Pick<Refund, 'amountMinor' | 'reason' | 'metadata'>,
  call: Call,
): Outcome {
  const refund: Refund = {
    id: call.newId('re'),
    paymentIntent: intent.id,
    charge: intent.latestCharge,
    currency: intent.currency,
    createdEpochSeconds: Math.floor(call.at.getTime() / 1000),
    succeedsAtEpochMs: call.at.getTime() + pendingMsOf(intent),
    ...asked,
  };
  const order = orderOf(intent);
  return {
    kind: 'executed',
    order,
    answer: objectAnswer(renderRefund(refund, call.at)),
    refund,
    movement: {
      at: call.at.toISOString(),
      type: 'refund',
      order,
      amountMinor: refund.amountMinor,
      currency: refund.currency,
      paymentIntent: intent.id,
      refund: refund.id,
      paymentMethod: intent.paymentMethod,
      idempotencyKey: call.idempotencyKey,
    },
  };
}

/** How long a refund of it is pending before it succeeds. */
function pendingMsOf({ paymentMethod }: PaymentIntent): number {
  const method = paymentMethod === null ? undefined : testPaymentMethod(paymentMethod);
  return method?.charge === 'approved_with_pending_refunds' ? method.pendingMs : 0;
}

/** https://docs.stripe.com/error-codes#charge-already-refunded. Stripe has no code for a refund that is too large. */
function refuse(intent: PaymentIntent, amountMinor: number, remaining: number) {
  if (intent.status !== 'succeeded') {
    return errorAnswer(400, {
      type: 'invalid_request_error',
      message: `This PaymentIntent (${intent.id}) does not have a successful charge to refund.`,
      param: 'payment_intent',
    });
  }
  if (remaining === 0) {
    return errorAnswer(400, {
      type: 'invalid_request_error',
      code: 'charge_already_refunded',
      message: `Charge ${intent.latestCharge} has already been refunded.`,
    });
  }
  if (amountMinor > remaining) {
    return errorAnswer(400, {
      type: 'invalid_request_error',
      message: `Refund amount (${amountMinor}) is greater than unrefunded amount on charge (${remaining})`,
      param: 'amount',
    });
  }
  return undefined;
}

function refundIsLocked(intent: PaymentIntent, ledger: LedgerView): boolean {
  const method = intent.paymentMethod === null ? undefined : testPaymentMethod(intent.paymentMethod);
  if (method?.charge !== 'approved_with_locked_refunds' || intent.status !== 'succeeded') return false;
  return ledger.timesTurnedAway(intent.id) < method.lockedTimes;
}

/**
 * Plays a temporary failure of a refund as Stripe's lock timeout. It is Stripe's only documented refusal of a refund
 * that asks for a retry: https://docs.stripe.com/rate-limits#object-lock-timeouts.
 */
function locked(intent: PaymentIntent): Outcome {
  return {
    kind: 'turned_away',
    order: orderOf(intent),
    reason: 'refund_locked',
    subject: intent.id,
    answer: errorAnswer(429, {
      type: 'invalid_request_error',
      code: 'lock_timeout',
      message:
        'This object cannot be accessed right now because another API request or Stripe process is currently accessing it. If you see this error intermittently, retry the request.',
    }),
  };
}

/** GET /v1/refunds?payment_intent=…: https://docs.stripe.com/api/refunds/list, newest first. */
export function listRefunds(call: Call, ledger: LedgerView) {
  refuseUnknown(call.form, new Set(['payment_intent', 'limit', 'starting_after']));
  const limit = integer(call.form, 'limit', { min: 1, max: 100 }) ?? 10;
  const all = ledger.refundsOf(requiredText(call.form, 'payment_intent')).toReversed();
  const after = optionalText(call.form, 'starting_after');
  const first = after === undefined ? 0 : all.findIndex(({ id }) => id === after) + 1;
  if (after !== undefined && first === 0)
    throw invalidRequest(`No such refund: '${after}'`, { code: 'resource_missing', param: 'starting_after' });
  const refunds = all.slice(first);
  return objectAnswer({
    object: 'list',
    url: '/v1/refunds',
    has_more: refunds.length > limit,
    data: refunds.slice(0, limit).map((refund) => renderRefund(refund, call.at)),
  });
}
