import { expect, test, vi } from 'vitest';
import { decide, type Order } from '../../../functions/order/decide.ts';
import type * as Choreography from '../../../functions/shop.ts';
import type { Fact } from '../../../functions/shop.ts';
import { customerId, facts, items, paymentMethod } from '../../support/facts.ts';

/** A participant that joined later and that the order's code does not know. */
vi.mock(import('../../../functions/shop.ts'), async (original) => {
  const real = await original();
  const isNew = (type: string) => type === 'shipping.failed';
  return {
    ...real,
    kindOf: ((type) => (isNew(type) ? 'failure' : real.kindOf(type))) as typeof Choreography.kindOf,
    publisherOf: ((type) =>
      isNew(type) ? 'shipping' : real.publisherOf(type)) as typeof Choreography.publisherOf,
    compensatorsOf: ((type) =>
      isNew(type)
        ? ['inventory', 'payment']
        : real.compensatorsOf(type)) as typeof Choreography.compensatorsOf,
  };
});

test('the failure of a new participant cancels an order, which then waits for those that compensate it', () => {
  const placed = { customerId, items, paymentMethod, fingerprint: 'f', createdAtMs: 1 };
  const order: Order = { ...placed, status: 'PENDING', answered: [] };
  const failed = { type: 'shipping.failed', data: { customerId } } as unknown as Fact;
  const reason = { code: 'PARTICIPANT_FAILED' };

  const decision = decide(order, failed);
  expect(decision).toEqual({
    kind: 'accept',
    state: { ...placed, status: 'CANCELLING', reason, failure: 'shipping.failed', answered: ['shipping'] },
    says: [],
  });
  if (decision.kind !== 'accept') throw new Error('not accepted');
  const halfway = decide(decision.state, facts['stock.released']);
  if (halfway.kind !== 'accept') throw new Error('not accepted');
  expect(decide(halfway.state, facts['payment.refunded'])).toMatchObject({
    state: { ...placed, status: 'CANCELLED', reason },
    says: [{ type: 'order.cancelled', data: { customerId, code: 'PARTICIPANT_FAILED' } }],
  });
});
