/**
 *               stock.reserved          charge.captured
 *   (nothing) ────────────────▶ CHARGING ──────────────▶ CAPTURED
 *       │                        │    └─ charge.declined ─▶ DECLINED
 *       │                        │ order.cancelling           │ order.cancelling (CAPTURED)
 *       │                        ▼                            ▼
 *       │                     VOIDING ── charge.captured ──▶ REFUNDING ── refund.succeeded ──▶ REFUNDED
 *       │                        └────── charge.declined ──▶ VOIDED
 *       └── order.cancelling (before the step: a tombstone) ────▲
 *
 * CHARGING, VOIDING and REFUNDING are intents: the provider is asked after they are written, with the order
 * as its idempotency key, and asked again until its answer is known. A timeout is not a decline.
 */
import { compensatorsOf, isFailure } from '../saga/choreography.ts';
import { type Decision, ignore, refuse, repeat } from '../saga/decision.ts';
import type { Fact, PaymentDecline } from '../saga/events.ts';
import type { CustomerId } from '../saga/ids.ts';

interface Amount {
  readonly amountMinor: number;
  readonly currency: string;
}

interface Charge extends Amount {
  readonly customerId: CustomerId;
}

export type Payment =
  | (Charge & { readonly status: 'CHARGING' | 'VOIDING'; readonly paymentMethod: string })
  | (Charge & { readonly status: 'CAPTURED' | 'REFUNDING'; readonly paymentIntentId: string })
  | (Charge & { readonly status: 'REFUNDED'; readonly paymentIntentId: string; readonly refundId: string })
  | (Charge & { readonly status: 'DECLINED'; readonly decline: PaymentDecline })
  | { readonly customerId: CustomerId; readonly status: 'VOIDED' };

/** A call to the payment provider that follows the write of an intent. `again`: it may have been made before. */
export type ProviderCall = Amount & { readonly again: boolean } & (
    | { readonly call: 'charge'; readonly paymentMethod: string }
    | { readonly call: 'refund'; readonly paymentIntentId: string }
  );

/** What the provider answered, once it is known. */
export type ProviderAnswer =
  | { readonly type: 'charge.captured'; readonly paymentIntentId: string }
  | { readonly type: 'charge.declined'; readonly decline: PaymentDecline }
  | { readonly type: 'refund.succeeded'; readonly refundId: string };

type PaymentDecision = Decision<Payment, ProviderCall>;

export function decide(payment: Payment | undefined, input: Fact | ProviderAnswer): PaymentDecision {
  switch (input.type) {
    case 'stock.reserved':
      return charge(payment, input);
    case 'charge.captured':
      return captured(payment, input);
    case 'charge.declined':
      return declined(payment, input);
    case 'refund.succeeded':
      return refunded(payment, input);
    default:
      return other(payment, input);
  }
}

function other(payment: Payment | undefined, fact: Fact): PaymentDecision {
  if (!isFailure(fact)) return refuse(`${fact.type} is not for payment`);
  if (compensatorsOf(fact.type).includes('payment')) return undo(payment, fact.data.customerId);
  return ignore(`${fact.type} leaves nothing to refund`);
}

function charge(payment: Payment | undefined, { data }: Fact<'stock.reserved'>): PaymentDecision {
  switch (payment?.status) {
    case undefined: {
      const { customerId, amountMinor, currency, paymentMethod } = data;
      const state = { customerId, status: 'CHARGING', amountMinor, currency, paymentMethod } as const;
      return { kind: 'accept', state, says: [], effect: chargeCall(state, false) };
    }
    case 'CHARGING':
      return { kind: 'resume', effect: chargeCall(payment, true) };
    case 'VOIDING':
    case 'REFUNDING':
      return ignore('the payment is being undone');
    case 'CAPTURED':
    case 'DECLINED':
    case 'VOIDED':
    case 'REFUNDED':
      return repeat;
    default:
      return payment satisfies never;
  }
}

function undo(payment: Payment | undefined, customerId: CustomerId): PaymentDecision {
  switch (payment?.status) {
    case undefined:
      return voided(customerId);
    case 'CHARGING': {
      const state = { ...payment, status: 'VOIDING' } as const;
      return { kind: 'accept', state, says: [], effect: chargeCall(state, true) };
    }
    case 'VOIDING':
      return { kind: 'resume', effect: chargeCall(payment, true) };
    case 'CAPTURED':
      return refund(payment, payment.paymentIntentId);
    case 'REFUNDING':
      return { kind: 'resume', effect: refundCall(payment, payment.paymentIntentId, true) };
    // The decline says already that nothing is held, and why.
    case 'DECLINED':
    case 'VOIDED':
    case 'REFUNDED':
      return repeat;
    default:
      return payment satisfies never;
  }
}

function captured(
  payment: Payment | undefined,
  { paymentIntentId }: { readonly paymentIntentId: string },
): PaymentDecision {
  switch (payment?.status) {
    case 'CHARGING': {
      const { customerId, amountMinor, currency } = payment;
      return {
        kind: 'accept',
        state: { customerId, status: 'CAPTURED', amountMinor, currency, paymentIntentId },
        says: [{ type: 'payment.captured', data: { amountMinor, currency, paymentIntentId } }],
      };
    }
    case 'VOIDING':
      return refund(payment, paymentIntentId);
    case 'CAPTURED':
    case 'REFUNDED':
      return repeat;
    // Another one began to undo it, and may be dead by now: the failure that asked here is not answered before it is.
    case 'REFUNDING':
      return { kind: 'resume', effect: refundCall(payment, payment.paymentIntentId, true) };
    case undefined:
    case 'DECLINED':
    case 'VOIDED':
      return refuse(`a charge succeeded that was ${payment?.status ?? 'never begun'}`);
    default:
      return payment satisfies never;
  }
}

function declined(
  payment: Payment | undefined,
  { decline }: { readonly decline: PaymentDecline },
): PaymentDecision {
  switch (payment?.status) {
    case 'CHARGING': {
      const { customerId, amountMinor, currency } = payment;
      return {
        kind: 'accept',
        state: { customerId, status: 'DECLINED', amountMinor, currency, decline },
        says: [{ type: 'payment.declined', data: { customerId, decline } }],
      };
    }
    case 'VOIDING':
      return voided(payment.customerId);
    case 'DECLINED':
    case 'VOIDED':
      return repeat;
    case undefined:
    case 'CAPTURED':
    case 'REFUNDING':
    case 'REFUNDED':
      return refuse(`a charge was declined that was ${payment?.status ?? 'never begun'}`);
    default:
      return payment satisfies never;
  }
}

function refunded(
  payment: Payment | undefined,
  { refundId }: { readonly refundId: string },
): PaymentDecision {
  switch (payment?.status) {
    case 'REFUNDING': {
      const { customerId, amountMinor, currency, paymentIntentId } = payment;
      return {
        kind: 'accept',
        state: { customerId, status: 'REFUNDED', amountMinor, currency, paymentIntentId, refundId },
        says: [{ type: 'payment.refunded', data: { amountMinor, currency, refundId } }],
      };
    }
    case 'REFUNDED':
      return repeat;
    case undefined:
    case 'CHARGING':
    case 'VOIDING':
    case 'CAPTURED':
    case 'DECLINED':
    case 'VOIDED':
      return refuse(`a refund succeeded for a payment that was ${payment?.status ?? 'never begun'}`);
    default:
      return payment satisfies never;
  }
}

function voided(customerId: CustomerId): PaymentDecision {
  return {
    kind: 'accept',
    state: { customerId, status: 'VOIDED' },
    says: [{ type: 'payment.voided', data: {} }],
  };
}

function refund({ customerId, amountMinor, currency }: Charge, paymentIntentId: string): PaymentDecision {
  const state = { customerId, status: 'REFUNDING', amountMinor, currency, paymentIntentId } as const;
  return { kind: 'accept', state, says: [], effect: refundCall(state, paymentIntentId, false) };
}

type Chargeable = Amount & { readonly paymentMethod: string };

const chargeCall = ({ amountMinor, currency, paymentMethod }: Chargeable, again: boolean) =>
  ({ call: 'charge', amountMinor, currency, paymentMethod, again }) as const;

const refundCall = ({ amountMinor, currency }: Amount, paymentIntentId: string, again: boolean) =>
  ({ call: 'refund', amountMinor, currency, paymentIntentId, again }) as const;
