import { expect, test } from 'vitest';
import type { AnyFact } from '../../../engine/saga/declaration.ts';
import { initiator } from '../../../engine/saga/initiator.ts';
import { type Placed, story } from '../../../functions/order/decide.ts';
import { shopWithWrapping } from '../../support/declared-shops.ts';
import { customerId, facts, items, paymentMethod } from '../../support/facts.ts';

/** Goal: an order looks at what was paid, and takes what participants that are added later complete as it comes. */
const placed: Placed = { customerId, items, paymentMethod, fingerprint: 'f', createdAtMs: 0 };
const decide = initiator(shopWithWrapping, story);
const captured = facts['payment.captured'];
const wrapped: AnyFact = { type: 'gift.wrapped', data: {} };

test.each<[what: string, first: AnyFact, second: AnyFact]>([
  ['after it', captured, wrapped],
  ['before it', wrapped, captured],
])('an order is confirmed by its payment and by what comes %s', (_, first, second) => {
  const decision = decide({ ...placed, status: 'PENDING', answered: [] }, first);
  if (decision.kind !== 'accept') throw new Error(`${first.type} was not accepted`);
  expect(decide(decision.state, second)).toMatchObject({
    kind: 'accept',
    state: { status: 'CONFIRMED', totalMinor: captured.data.amountMinor },
  });
});

test('a payment of another amount is refused, whatever else has come', () => {
  const heard = { 'gift.wrapped': { version: 1, data: {} } };
  const other = { ...captured, data: { ...captured.data, amountMinor: 1 } };
  expect(decide({ ...placed, status: 'PENDING', answered: [], heard }, other)).toMatchObject({
    kind: 'refuse',
    reason: '1 was captured, and the lines cost 3500',
  });
});
