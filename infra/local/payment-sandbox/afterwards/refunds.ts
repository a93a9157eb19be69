import type { Call, Outcome } from '../endpoint.ts';
import { errorAnswer, invalidRequest, objectAnswer } from '../http/answers.ts';
import { integer, metadata, refuseUnknown, requiredText } from '../http/form.ts';
import { readPage } from '../http/page.ts';
import type { Effects, Later } from '../ledger/effects.ts';
import type { LedgerView } from '../ledger/ledger.ts';
import { methodOf } from '../payments/capture.ts';
import { refuseFractions } from '../payments/chargeable-amount.ts';
import { orderOf, type PaymentIntent } from '../payments/payment-intent.ts';
import { allowsRefund } from './dispute.ts';
import { type Refund, refundedMinor, renderRefund } from './refund.ts';

const knownToCreate = new Set(['payment_intent', 'amount', 'metadata']);

/** POST /v1/refunds: https://docs.stripe.com/api/refunds/create */
export function createRefund(call: Call, ledger: LedgerView): Outcome {
  refuseUnknown(call.form, knownToCreate);
  const id = requiredText(call.form, 'payment_intent');
  const asked = integer(call.form, 'amount', { min: 1, max: Number.MAX_SAFE_INTEGER });
  const labels = metadata(call.form);
  const intent = ledger.intent(id);
  if (intent === undefined) {
    throw invalidRequest(`No such payment_intent: '${id.slice(0, 100)}'`, {
      code: 'resource_missing',
      param: 'payment_intent',
    });
  }
  if (refundIsLocked(intent, ledger)) return locked(intent);
  if (asked !== undefined) refuseFractions(asked, intent.currency);
  const refunded = refundedMinor(ledger.refundsOf(id));
  const remaining = intent.status === 'succeeded' ? intent.amountMinor - refunded : 0;
  const amountMinor = asked ?? remaining;
  const refusal = refuse(intent, amountMinor, remaining, ledger);
  if (refusal !== undefined) return { kind: 'executed', order: orderOf(intent), answer: refusal };
  return give(intent, { amountMinor, metadata: labels }, call);
}

function give(intent: PaymentIntent, asked: Pick<Refund, 'amountMinor' | 'metadata'>, call: Call): Outcome {
  const method = methodOf(intent)?.charge;
  const refund: Refund = {
    id: call.newId('re'),
    paymentIntent: intent.id,
    charge: intent.latestCharge,
    currency: intent.currency,
    createdEpochSeconds: Math.floor(call.at.getTime() / 1000),
    status: method === 'approved_with_pending_refunds' ? 'pending' : 'succeeded',
    ...asked,
  };
  const settles = method === 'approved_with_pending_refunds' || method === 'approved_with_failing_refunds';
  const later: Later = {
    what: 'refund_settles',
    paymentIntent: intent.id,
    refund: refund.id,
    atEpochMs: call.at.getTime() + call.settleMs,
  };
  return {
    kind: 'executed',
    order: orderOf(intent),
    answer: objectAnswer(renderRefund(refund)),
    refund,
    movement: movementOf('refund', refund, intent, call.at, call.idempotencyKey),
    ...(settles ? { later } : {}),
  };
}

/** A pending refund succeeds, and one that had succeeded turns out to have failed: its money is back. */
export function settleRefund(refund: Refund, intent: PaymentIntent, at: Date): Effects {
  if (refund.status === 'pending') return { refund: { ...refund, status: 'succeeded' } };
  const movement = movementOf('failed_refund', refund, intent, at, null);
  return { refund: { ...refund, status: 'failed' }, movement };
}

const movementOf = (
  type: 'refund' | 'failed_refund',
  { id, amountMinor, currency }: Refund,
  intent: PaymentIntent,
  at: Date,
  idempotencyKey: string | null,
): NonNullable<Effects['movement']> => ({
  at: at.toISOString(),
  type,
  order: orderOf(intent),
  amountMinor,
  currency,
  paymentIntent: intent.id,
  refund: id,
  paymentMethod: intent.paymentMethod,
  idempotencyKey,
});

/** https://docs.stripe.com/error-codes#charge-already-refunded. Stripe has no code for a refund that is too large. */
function refuse(intent: PaymentIntent, amountMinor: number, remaining: number, ledger: LedgerView) {
  if (intent.status !== 'succeeded') {
    return errorAnswer(400, {
      type: 'invalid_request_error',
      message: `This PaymentIntent (${intent.id}) does not have a successful charge to refund.`,
      param: 'payment_intent',
    });
  }
  if (!ledger.disputesOf(intent.id).every(allowsRefund)) {
    return errorAnswer(400, {
      type: 'invalid_request_error',
      code: 'charge_disputed',
      message: `Charge ${intent.latestCharge} has been charged back; cannot issue a refund.`,
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
  const method = methodOf(intent);
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

/** GET /v1/refunds/{id}: https://docs.stripe.com/api/refunds/retrieve */
export function retrieveRefund(call: Call, ledger: LedgerView) {
  refuseUnknown(call.form, new Set());
  const refund = ledger.refund(call.id);
  if (refund !== undefined) return objectAnswer(renderRefund(refund));
  throw invalidRequest(`No such refund: '${call.id.slice(0, 100)}'`, {
    ...{ code: 'resource_missing', param: 'id', status: 404 },
  });
}

/** GET /v1/refunds?payment_intent=…: https://docs.stripe.com/api/refunds/list, newest first. */
export function listRefunds(call: Call, ledger: LedgerView) {
  const page = readPage(call.form, ['payment_intent']);
  const all = ledger.refundsOf(requiredText(call.form, 'payment_intent')).toReversed();
  return objectAnswer({ ...page.of(all, 'refund', renderRefund), url: '/v1/refunds' });
}
