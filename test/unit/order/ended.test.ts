import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Command } from '../../../engine/saga/initiator.ts';
import type { Placed } from '../../../functions/order/decide.ts';
import type { Fact } from '../../../functions/shop.ts';
import { anyFact } from '../../support/arbitrary-facts.ts';
import { customerId, items, paymentMethod } from '../../support/facts.ts';
import { decideOrder as decide } from '../../support/three-services.ts';

type Order = NonNullable<Parameters<typeof decide>[0]>;
type OrderCommand = Command<Placed>;

const placed = { customerId, items, paymentMethod, fingerprint: 'body', createdAtMs: 0 };
const pending = { ...placed, status: 'PENDING', answered: [] } as Order;

const anyCommand: fc.Arbitrary<OrderCommand> = fc.oneof(
  fc
    .constantFrom('body', 'other')
    .map((fingerprint) => ({ type: 'place' as const, placed: { ...placed, fingerprint } })),
  fc.constantFrom('CUSTOMER' as const, 'OPERATOR' as const).map((by) => ({ type: 'cancel' as const, by })),
  fc.constant({ type: 'told' as const }),
  fc.nat(2_000).map((nowMs) => ({ type: 'nudge' as const, nowMs, deadlineMs: 1_000 })),
);

/** Every fact some times over, in whatever order a broker could bring them, and the commands in between. */
const anyDelivery: fc.Arbitrary<readonly (OrderCommand | Fact)[]> = fc
  .array(fc.oneof({ weight: 4, arbitrary: anyFact }, anyCommand), { minLength: 1, maxLength: 20 })
  .chain((inputs) => fc.shuffledSubarray([...inputs, ...inputs], { minLength: inputs.length }));

const hasEnded = (order: Order): boolean => order.status === 'CONFIRMED' || order.status === 'CANCELLED';

const step = (order: Order, input: OrderCommand | Fact): Order => {
  const decision = decide(order, input);
  return decision.kind === 'accept' ? decision.state : order;
};

test('an order that has ended stays as it ended, whatever comes in whichever order, however often', () => {
  fc.assert(
    fc.property(anyDelivery, (inputs) => {
      let order = pending;
      for (const input of inputs) {
        const before = order;
        order = step(order, input);
        if (hasEnded(before)) expect(order).toBe(before);
      }
    }),
    { numRuns: 1_000 },
  );
});

test('the deliveries above do end orders, both ways', () => {
  const ends = fc
    .sample(anyDelivery, { numRuns: 1_000, seed: 1 })
    .map((inputs) => inputs.reduce(step, pending).status);
  expect(new Set(ends)).toEqual(new Set(['PENDING', 'CONFIRMED', 'CANCELLING', 'CANCELLED']));
});

test('an order only ever confirms after a capture, and before it heard of any compensation', () => {
  fc.assert(
    fc.property(anyDelivery, (inputs) => {
      let order = pending;
      for (const input of inputs) {
        const before = order;
        order = step(order, input);
        if (order.status === 'CONFIRMED' && before !== order) {
          expect(input.type).toBe('payment.captured');
          expect(before).toMatchObject({ status: 'PENDING', answered: [] });
        }
      }
    }),
  );
});

test('a late or repeated end of the saga is never a fault once the order is cancelled', () => {
  const cancelled: Order = { ...placed, status: 'CANCELLED', reason: { code: 'DEADLINE' } };
  const heard = [
    'payment.captured',
    'stock.rejected',
    'payment.declined',
    'stock.released',
    'payment.voided',
    'payment.refunded',
    'order.cancelling',
  ];
  fc.assert(
    fc.property(anyFact, (fact) => {
      fc.pre(heard.includes(fact.type));
      expect(decide(cancelled, fact).kind).not.toBe('refuse');
    }),
  );
});
