import { afterAll, beforeAll, expect, test } from 'vitest';
import { audit } from '../support/saga/audit.ts';
import type { Client } from '../support/saga/client.ts';
import { cancelDuringCharge } from '../support/saga/sandbox.ts';
import { until } from '../support/saga/until.ts';
import { startWorld, type World } from '../support/saga/world.ts';

/** Goal: a compensation that never succeeds is seen. Its order never ends, so that it gets a system of its own. */
let world: World;
let alice: Client;

beforeAll(async () => {
  world = await startWorld();
  alice = await world.customer();
  await world.stock({ sku: 'mug', available: 100, unitPriceMinor: 1290 });
});
afterAll(() => world?.end());

// Fails where a failed compensation is swallowed: nothing is dead-lettered, and nobody sees that the money is kept.
test('never refunds: the message is a dead letter with its error, and the order stays visibly CANCELLING', async () => {
  const orderId = await cancelDuringCharge(world, alice, 'pm_sandbox_refundFails');
  const deadLetters = await until('the refund is dead-lettered', async () => {
    const { items } = await world.operator.expect(200, 'GET', '/dead-letters/payment');
    return items.find((item: { orderId: string }) => item.orderId === orderId);
  });
  expect(deadLetters).toMatchObject({
    type: 'order.cancelling',
    reason: expect.stringContaining('gave up after 7'),
  });
  expect(deadLetters.lastError).toContain('lock_timeout');
  expect((await alice.call('GET', `/orders/${orderId}`)).body.status).toBe('CANCELLING');
  expect((await alice.call('GET', `/orders/${orderId}/payment`)).body.status).toBe('REFUNDING');
  const { participants, waitsOn } = await world.operator.expect(200, 'GET', `/orders/${orderId}/timeline`);
  const found = participants.find(({ service }: { service: string }) => service === 'payment');
  expect(found).toMatchObject({ status: 'REFUNDING', isDeadLetter: true, attempts: 7 });
  expect([found.cause, found.lastError]).toEqual(['order.cancelling', deadLetters.lastError]);
  expect(waitsOn).toMatchObject([{ service: 'payment' }]);
  const { violations } = await audit(world, { timeoutMs: 0 });
  expect(violations).toEqual([expect.stringMatching(`^P3 not ended: order CANCELLING .*: ${orderId}$`)]);
});
