import type { Dispute } from '../afterwards/dispute.ts';
import type { Refund } from '../afterwards/refund.ts';
import type { PaymentIntent } from '../payments/payment-intent.ts';

/** Money that moved. `order` is the PaymentIntent's `metadata.orderId`. */
export interface Movement {
  readonly at: string;
  /** A failed refund has come back: https://docs.stripe.com/refunds#failed-refunds */
  readonly type: 'capture' | 'refund' | 'failed_refund';
  readonly order: string | null;
  readonly amountMinor: number;
  readonly currency: string;
  readonly paymentIntent: string;
  readonly refund: string | null;
  readonly paymentMethod: string | null;
  readonly idempotencyKey: string | null;
}

/** What will happen by itself, also if the sandbox is restarted before. */
export interface Later {
  readonly what: 'intent_settles' | 'refund_settles' | 'charge_is_disputed';
  readonly paymentIntent: string;
  readonly refund?: string;
  readonly atEpochMs: number;
}

export const laterKey = ({ what, paymentIntent, refund }: Later): string =>
  `${what} ${refund ?? paymentIntent}`;

/** What one decision changes. The objects are whole, as they are afterwards. */
export interface Effects {
  readonly intent?: PaymentIntent;
  readonly refund?: Refund;
  readonly dispute?: Dispute;
  readonly movement?: Movement;
  readonly later?: Later;
}
