import { afterAll, beforeAll, expect, test } from 'vitest';
import { audit } from '../support/saga/audit.ts';
import type { Client } from '../support/saga/client.ts';
import { startWorld, type World } from '../support/saga/world.ts';

/** Runs in a scratch copy that has a carrier in it, against a whole system: see new-participant.test.ts. */
let world: World;
let alice: Client;

beforeAll(async () => {
  world = await startWorld();
  alice = await world.customer('alice');
  await world.stock({ sku: 'mug', available: 100, unitPriceMinor: 1290 });
});
afterAll(() => world?.end());

const shipmentOf = (orderId: string) => alice.expect(200, 'GET', `/orders/${orderId}/shipment`);

test('an order that the carrier takes is confirmed, and its shipment can be read', async () => {
  const orderId = await alice.place([{ sku: 'mug', quantity: 5 }]);
  expect(await alice.until(orderId)).toMatchObject({ status: 'CONFIRMED', totalMinor: 6_450 });
  expect(await shipmentOf(orderId)).toMatchObject({
    orderId,
    status: 'DONE',
    trackingNumber: `track-${orderId}`,
  });
});

test('an order that the carrier refuses is refunded, restocked and cancelled with the reason', async () => {
  const { available: before } = await alice.expect(200, 'GET', '/stock/mug');
  const orderId = await alice.place([{ sku: 'mug', quantity: 6 }]);
  expect(await alice.until(orderId)).toMatchObject({
    status: 'CANCELLED',
    reason: { code: 'SHIPMENT_REFUSED', skus: ['mug'] },
  });
  expect(await shipmentOf(orderId)).toMatchObject({ status: 'REFUSED', skus: ['mug'] });
  expect((await alice.expect(200, 'GET', '/stock/mug')).available).toBe(before);
});

test('an order that is cancelled meanwhile is recalled, or was confirmed before; the books balance', async () => {
  const orderIds = await Promise.all(
    Array.from({ length: 20 }, (_, index) => alice.place([{ sku: 'mug', quantity: 1 + (index % 7) }])),
  );
  await Promise.all(orderIds.map((orderId) => alice.call('POST', `/orders/${orderId}/cancel`)));
  const { violations, statuses } = await audit(world);
  expect(violations).toEqual([]);
  expect(statuses.CANCELLED).toBeGreaterThan(0);
});
