export interface Refund {
  readonly id: string;
  readonly paymentIntent: string;
  readonly charge: string | null;
  readonly amountMinor: number;
  readonly currency: string;
  readonly reason: string | null;
  readonly metadata: Readonly<Record<string, string>>;
  readonly createdEpochSeconds: number;
  /** It is pending until then. Ledgers of older versions do not say so: their refunds succeeded at once. */
  readonly succeedsAtEpochMs?: number;
}

/** https://docs.stripe.com/api/refunds/object */
export function renderRefund(refund: Refund, at: Date): object {
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
    metadata: refund.metadata,
    payment_intent: refund.paymentIntent,
    payment_method: null,
    reason: refund.reason,
    receipt_number: null,
    source_transfer_reversal: null,
    status: at.getTime() < (refund.succeedsAtEpochMs ?? 0) ? 'pending' : 'succeeded',
    transfer_reversal: null,
  };
}
