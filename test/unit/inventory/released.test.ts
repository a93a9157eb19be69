import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decide, type Reservation } from '../../../functions/inventory/decide.ts';
import { anyCustomerId, anyFact, anyLines, factOf } from '../../support/arbitrary-facts.ts';
import { customerId } from '../../support/facts.ts';

const plenty = () => ({ available: 1_000_000, unitPriceMinor: 1, currency: 'EUR' });

test('what was released or rejected is never held, released or rejected again', () => {
  const released = fc.record({
    customerId: anyCustomerId,
    status: fc.constant('RELEASED' as const),
    lines: fc.oneof(anyLines, fc.constant([])),
  });
  const rejected = factOf('stock.rejected').map(
    ({ data: rejection }) => ({ customerId, status: 'REJECTED', rejection }) as const,
  );
  fc.assert(
    fc.property(
      fc.oneof<[typeof released, typeof rejected]>(released, rejected),
      anyFact,
      (reservation, fact) => {
        expect(decide(reservation, fact, plenty).kind).not.toBe('accept');
      },
    ),
  );
});

test('whatever comes in whichever order, what an order took and gave back never differ but for what it holds', () => {
  fc.assert(
    fc.property(fc.array(anyFact, { maxLength: 30 }), (facts) => {
      let reservation: Reservation | undefined;
      const taken = new Map<string, number>();
      for (const fact of facts) {
        const decision = decide(reservation, fact, plenty);
        if (decision.kind !== 'accept') continue;
        reservation = decision.state;
        for (const { key, delta } of decision.adjusts ?? []) taken.set(key, (taken.get(key) ?? 0) - delta);
      }
      const held = reservation?.status === 'RESERVED' ? reservation.lines : [];
      expect(new Map([...taken].filter(([, quantity]) => quantity !== 0))).toEqual(
        new Map(held.map(({ sku, quantity }) => [`SKU#${sku}`, quantity])),
      );
    }),
  );
});
