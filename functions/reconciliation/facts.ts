/** What is known of one order, from four sides. Amounts are in minor units, currencies in capital letters. */
export interface Facts {
  /** Empty for a payment intent that names no order. */
  readonly orderId: string;
  readonly order?: OrderFacts | undefined;
  readonly reservation?: ReservationFacts | undefined;
  readonly payment?: PaymentFacts | undefined;
  /** Those that the provider listed, and the one that the payment's record names. */
  readonly intents: readonly IntentFacts[];
  /** The services whose record this version of the code cannot read. */
  readonly unreadable?: readonly string[];
}

/** A sum of money, where it is known. */
export interface Sum {
  readonly amountMinor: number;
  readonly currency: string;
}

export interface OrderFacts {
  readonly status: 'PENDING' | 'CONFIRMED' | 'CANCELLING' | 'CANCELLED';
  /** Since when it has had this status. */
  readonly sinceMs: number;
  /** Of an order that is CONFIRMED. */
  readonly total?: Sum | undefined;
}

export interface ReservationFacts {
  readonly status: 'RESERVED' | 'REJECTED' | 'RELEASED';
  readonly sinceMs: number;
  /** Of one that is RESERVED. */
  readonly total?: Sum | undefined;
}

export interface PaymentFacts {
  readonly status: string;
  readonly sinceMs: number;
  readonly sum?: Sum | undefined;
  readonly paymentIntentId?: string | undefined;
}

/** https://docs.stripe.com/api/payment_intents/object */
export interface IntentFacts extends Sum {
  readonly id: string;
  readonly createdAtMs: number;
  /** 0 unless it was charged. */
  readonly capturedMinor: number;
  /** Those that have not failed: the money has left, or is about to. */
  readonly refunds: readonly Movement[];
  readonly disputes: readonly Movement[];
}

export interface Movement {
  readonly amountMinor: number;
  readonly atMs: number;
}
