import { renderCharge } from '../afterwards/charge.ts';
import { isOpen, renderDispute } from '../afterwards/dispute.ts';
import { type Refund, renderRefund, statusOf } from '../afterwards/refund.ts';
import type { Moment } from '../endpoint.ts';
import type { LedgerView } from '../ledger/ledger.ts';
import type { LedgerRecord } from '../ledger/ledger-record.ts';
import { type PaymentIntent, renderIntent } from '../payments/payment-intent.ts';
import { API_VERSION, type EventType, type StripeEvent } from './event.ts';

type Told = readonly [type: EventType, object: object];
type Change = Extract<LedgerRecord, { kind: 'executed' | 'happened' }>;

/** The events of a change, by what the ledger says before it. */
export function eventsOf(change: Change, before: LedgerView, newId: Moment['newId']): readonly StripeEvent[] {
  const { intent, refund, dispute } = change;
  const told: Told[] = [];
  if (intent !== undefined) told.push(...ofIntent(intent, before.intent(intent.id)));
  if (refund !== undefined) told.push(...ofRefund(refund, before));
  if (dispute !== undefined)
    told.push([isOpen(dispute) ? 'charge.dispute.created' : 'charge.dispute.closed', renderDispute(dispute)]);
  const request =
    change.kind === 'executed'
      ? { id: change.requestId, idempotency_key: change.idempotencyKey }
      : { id: null, idempotency_key: null };
  return told.map(([type, object]) => ({
    id: newId('evt'),
    object: 'event',
    api_version: API_VERSION,
    created: Math.floor(Date.parse(change.at) / 1000),
    data: { object },
    livemode: false,
    pending_webhooks: 1,
    request,
    type,
  }));
}

function ofIntent(intent: PaymentIntent, before: PaymentIntent | undefined): readonly Told[] {
  const type = typeOf(intent, before);
  return type === undefined ? [] : [[type, renderIntent(intent)]];
}

function typeOf(intent: PaymentIntent, before: PaymentIntent | undefined): EventType | undefined {
  switch (intent.status) {
    case 'succeeded':
    case 'processing':
    case 'requires_action':
    case 'canceled':
      return `payment_intent.${intent.status}`;
    case 'requires_payment_method':
      return intent.lastPaymentError !== (before?.lastPaymentError ?? null)
        ? 'payment_intent.payment_failed'
        : undefined;
    case 'requires_confirmation':
      return undefined;
    default:
      throw new Error(`unknown status ${JSON.stringify(intent.status satisfies never)}`);
  }
}

function ofRefund(refund: Refund, before: LedgerView): readonly Told[] {
  const shown = renderRefund(refund);
  if (before.refund(refund.id) !== undefined) {
    const updated: Told = ['refund.updated', shown];
    return statusOf(refund) === 'failed' ? [updated, ['refund.failed', shown]] : [updated];
  }
  const intent = before.intent(refund.paymentIntent);
  if (intent === undefined) return [['refund.created', shown]];
  const refunds = [...before.refundsOf(intent.id), refund];
  const charge = renderCharge(intent, refunds, before.disputesOf(intent.id));
  return [
    ['refund.created', shown],
    ['charge.refunded', charge],
  ];
}
