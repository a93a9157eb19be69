export interface Refund {
  readonly id: string;
  readonly paymentIntent: string;
  readonly charge: string | null;
  readonly amountMinor: number;
  readonly currency: string;
  readonly metadata: Readonly<Record<string, string>>;
  readonly createdEpochSeconds: number;
  readonly status: RefundStatus;
}

export type RefundStatus = 'pending' | 'succeeded' | 'failed';

/** A refund of an older version's ledger has no status: it has succeeded by now. */
export const statusOf = (refund: { readonly status?: RefundStatus }): RefundStatus =>
  refund.status ?? 'succeeded';

/** What the refunds take from their charge: what failed is back. https://docs.stripe.com/refunds#failed-refunds */
export const refundedMinor = (refunds: readonly Refund[]): number =>
  refunds.reduce((sum, refund) => sum + (statusOf(refund) === 'failed' ? 0 : refund.amountMinor), 0);

/** https://docs.stripe.com/api/refunds/object */
export function renderRefund(refund: Refund): object {
  const status = statusOf(refund);
  return {
    id: refund.id,
    object: 'refund',
    amount: refund.amountMinor,
    balance_transaction: null,
    charge: refund.charge,
    created: refund.createdEpochSeconds,
    currency: refund.currency,
    customer: null,
    customer_account: null,
    ...(status === 'failed' ? { failure_reason: 'expired_or_canceled_card' } : {}),
    metadata: refund.metadata,
    payment_intent: refund.paymentIntent,
    payment_method: null,
    ...(status === 'pending' ? { pending_reason: 'processing' } : {}),
    reason: null,
    receipt_number: null,
    source_transfer_reversal: null,
    status,
    transfer_reversal: null,
  };
}
