import fc from 'fast-check';
import type { Terms } from '../../../functions/reconciliation/compare.ts';
import type {
  Facts,
  IntentFacts,
  OrderFacts,
  PaymentFacts,
  ReservationFacts,
} from '../../../functions/reconciliation/facts.ts';

const HOUR_MS = 3_600_000;

export const NOW_MS = Date.parse('2026-01-02T00:00:00Z');
export const terms: Terms = {
  nowMs: NOW_MS,
  settleMs: HOUR_MS / 4,
  stuckMs: HOUR_MS,
  clockErrorMs: 5_000,
};

export const price = { amountMinor: 2_580, currency: 'EUR' };
export const endedMs = NOW_MS - 2 * HOUR_MS;

export const charge = (intent: Partial<IntentFacts> = {}): IntentFacts => ({
  id: 'pi_1',
  ...price,
  createdAtMs: endedMs - 1_000,
  capturedMinor: intent.amountMinor ?? price.amountMinor,
  refunds: [],
  disputes: [],
  ...intent,
});

interface Whole extends Facts {
  readonly order: OrderFacts;
  readonly reservation: ReservationFacts;
  readonly payment: PaymentFacts;
}

/** Paid and reserved. */
export const confirmed: Whole = {
  orderId: 'ord_1',
  order: { status: 'CONFIRMED', sinceMs: endedMs, total: price },
  reservation: { status: 'RESERVED', sinceMs: endedMs, total: price },
  payment: { status: 'CAPTURED', sinceMs: endedMs, sum: price, paymentIntentId: 'pi_1' },
  intents: [charge()],
};

/** Charged, and given back. */
export const refunded: Whole = {
  orderId: 'ord_1',
  order: { status: 'CANCELLED', sinceMs: endedMs },
  reservation: { status: 'RELEASED', sinceMs: endedMs },
  payment: { status: 'REFUNDED', sinceMs: endedMs, sum: price, paymentIntentId: 'pi_1' },
  intents: [charge({ refunds: [{ amountMinor: price.amountMinor, atMs: endedMs }] })],
};

const anySum = fc.record({
  amountMinor: fc.integer({ min: 1, max: 99_999_999 }),
  currency: fc.constantFrom('EUR', 'USD', 'JPY'),
});
const anyEnd = fc.integer({ min: NOW_MS - 30 * 24 * HOUR_MS, max: NOW_MS - terms.settleMs });
const ids = { orderId: 'ord_1', paymentIntentId: 'pi_1' };

/** Made, and never charged: the payment's own, before it was withdrawn, or one that nobody wrote down. */
const anyUncharged = fc
  .record({ amountMinor: fc.integer({ min: 1, max: 99_999 }), id: fc.constantFrom('pi_8', 'pi_9') })
  .map(({ amountMinor, id }) => charge({ id, amountMinor, capturedMinor: 0 }));
const uncharged = fc.array(anyUncharged, { maxLength: 2 });

/** Refunds of any number that add up to an amount. */
const parts = (amountMinor: number, atMs: number) =>
  fc
    .integer({ min: 0, max: amountMinor })
    .map((first) =>
      [first, amountMinor - first].filter(Boolean).map((part) => ({ amountMinor: part, atMs })),
    );

const anyConfirmed = fc.tuple(anySum, anyEnd, uncharged).map(
  ([sum, sinceMs, others]): Facts => ({
    orderId: ids.orderId,
    order: { status: 'CONFIRMED', sinceMs, total: sum },
    reservation: { status: 'RESERVED', sinceMs, total: sum },
    payment: { status: 'CAPTURED', sinceMs, sum, paymentIntentId: ids.paymentIntentId },
    intents: [charge({ ...sum, createdAtMs: sinceMs }), ...others],
  }),
);

/** CANCELLED, or of no order: nothing was charged, or all of it was given back. */
const anyUndone = fc
  .tuple(anySum, anyEnd, uncharged, fc.boolean())
  .chain(([sum, sinceMs, others, hasOrder]) =>
    fc
      .record({
        order: fc.constant(hasOrder ? ({ status: 'CANCELLED', sinceMs } as const) : undefined),
        reservation: fc.constantFrom(
          undefined,
          { status: 'REJECTED', sinceMs } as const,
          { status: 'RELEASED', sinceMs } as const,
        ),
        refunds: parts(sum.amountMinor, sinceMs),
        end: fc.constantFrom('none', 'VOIDED', 'DECLINED', 'DECLINED after a charge', 'REFUNDED'),
      })
      .map(({ order, reservation, refunds, end }): Facts => {
        const [status = ''] = end.split(' ');
        const isCharged = end === 'REFUNDED' || end === 'DECLINED after a charge';
        const named = end === 'REFUNDED' ? { paymentIntentId: ids.paymentIntentId } : {};
        return {
          orderId: ids.orderId,
          order,
          reservation,
          payment: end === 'none' ? undefined : { status, sinceMs, sum, ...named },
          intents: [...(isCharged ? [charge({ ...sum, createdAtMs: sinceMs, refunds })] : []), ...others],
        };
      }),
  );

/** Any ended order of which all sides say the same. */
export const agreeing = fc.oneof(anyConfirmed, anyUndone);
