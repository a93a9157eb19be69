import type { PaymentIntent } from '../payments/payment-intent.ts';
import type { DisputeKind } from '../payments/test-payment-methods.ts';

/**
 * https://docs.stripe.com/disputes/how-disputes-work
 *
 *   chargeback: needs_response ─▶ won | lost
 *   inquiry:    warning_needs_response ─▶ warning_closed | lost
 */
export interface Dispute {
  readonly id: string;
  readonly paymentIntent: string;
  readonly charge: string;
  readonly amountMinor: number;
  readonly currency: string;
  readonly reason: string;
  readonly kind: DisputeKind;
  readonly status: 'needs_response' | 'warning_needs_response' | 'won' | 'warning_closed' | 'lost';
  readonly createdEpochSeconds: number;
}

export const isOpen = ({ status }: Dispute): boolean => status.endsWith('needs_response');

/** Money that a chargeback has taken cannot be given back a second time. */
export const allowsRefund = ({ status }: Dispute): boolean =>
  status !== 'needs_response' && status !== 'lost';

export const openDispute = (
  { id: paymentIntent, latestCharge, amountMinor, currency }: PaymentIntent,
  { reason, kind }: Pick<Dispute, 'reason' | 'kind'>,
  made: { readonly id: string; readonly createdEpochSeconds: number },
): Dispute => ({
  ...made,
  paymentIntent,
  charge: latestCharge ?? '',
  amountMinor,
  currency,
  reason,
  kind,
  status: kind === 'inquiry' ? 'warning_needs_response' : 'needs_response',
});

/** https://docs.stripe.com/api/disputes/object */
export const renderDispute = (dispute: Dispute): object => ({
  id: dispute.id,
  object: 'dispute',
  amount: dispute.amountMinor,
  balance_transactions: [],
  charge: dispute.charge,
  created: dispute.createdEpochSeconds,
  currency: dispute.currency,
  evidence: {},
  evidence_details: { due_by: null, has_evidence: false, past_due: false, submission_count: 0 },
  is_charge_refundable: allowsRefund(dispute),
  livemode: false,
  metadata: {},
  payment_intent: dispute.paymentIntent,
  payment_method_details: { type: 'card', card: { brand: 'visa', case_type: dispute.kind } },
  reason: dispute.reason,
  status: dispute.status,
});
