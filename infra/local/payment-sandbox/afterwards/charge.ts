import type { PaymentIntent } from '../payments/payment-intent.ts';
import type { Dispute } from './dispute.ts';
import { type Refund, refundedMinor } from './refund.ts';

/** The last charge of the intent, which failed or succeeded. https://docs.stripe.com/api/charges/object */
export function renderCharge(
  { id, status, amountMinor, currency, latestCharge, metadata, paymentMethod }: PaymentIntent,
  refunds: readonly Refund[],
  disputes: readonly Dispute[],
): object {
  const hasSucceeded = status === 'succeeded';
  const refunded = refundedMinor(refunds);
  return {
    id: latestCharge,
    object: 'charge',
    amount: amountMinor,
    amount_captured: hasSucceeded ? amountMinor : 0,
    amount_refunded: refunded,
    captured: hasSucceeded,
    currency,
    disputed: disputes.length > 0,
    livemode: false,
    metadata,
    paid: hasSucceeded,
    payment_intent: id,
    payment_method: paymentMethod,
    refunded: hasSucceeded && refunded === amountMinor,
    status: hasSucceeded ? 'succeeded' : 'failed',
  };
}
