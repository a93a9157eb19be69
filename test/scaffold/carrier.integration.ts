import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { shop } from '../../functions/shop.ts';
import { projectDir } from '../../infra/local/project.ts';
import { audit } from '../support/saga/audit.ts';
import type { Client } from '../support/saga/client.ts';
import { whileInterposed } from '../support/saga/interpose.ts';
import { until } from '../support/saga/until.ts';
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

const carrier = shop.services.find((service) => shop.partOf(service).record === 'shipment') ?? '';
/** The orders in the carrier's own book. */
const booked = (): readonly string[] => readdirSync(join(projectDir, '.local', carrier));
const shipmentOf = (orderId: string) => alice.expect(200, 'GET', `/orders/${orderId}/shipment`);
const available = async () => (await world.operator.expect(200, 'GET', '/stock/mug')).available;

test('an order that the carrier takes is confirmed, and its shipment can be read', async () => {
  const orderId = await alice.place([{ sku: 'mug', quantity: 5 }]);
  expect(await alice.until(orderId)).toMatchObject({ status: 'CONFIRMED', totalMinor: 6_450 });
  expect(await shipmentOf(orderId)).toMatchObject({
    orderId,
    status: 'DONE',
    trackingNumber: `track-${orderId}`,
  });
  expect(booked()).toContain(orderId);
});

test('an order that the carrier refuses is refunded, restocked and cancelled with the reason', async () => {
  const before = await available();
  const orderId = await alice.place([{ sku: 'mug', quantity: 6 }]);
  expect(await alice.until(orderId)).toMatchObject({
    status: 'CANCELLED',
    reason: { code: 'SHIPMENT_REFUSED', skus: ['mug'] },
  });
  expect(await shipmentOf(orderId)).toMatchObject({ status: 'REFUSED', skus: ['mug'] });
  expect(await available()).toBe(before);
  expect(booked()).not.toContain(orderId);
});

// Fails where nobody undoes a shipment, or where it is only said to be undone.
test('an order that is cancelled when its shipment is booked is recalled: the carrier has it no more', async () => {
  const before = await available();
  const cancelled = Promise.withResolvers<void>();
  await whileInterposed(
    world,
    async ({ to, type, forward }) => {
      if (to === 'order' && type === 'shipment.booked') await cancelled.promise;
      await forward();
    },
    async () => {
      const orderId = await alice.place([{ sku: 'mug', quantity: 4 }]);
      await until('the shipment is booked', async () => {
        const { body } = await alice.call('GET', `/orders/${orderId}/shipment`);
        return body.status === 'DONE';
      });
      expect(booked()).toContain(orderId);
      await alice.expect(202, 'POST', `/orders/${orderId}/cancel`);
      cancelled.resolve();
      expect(await alice.until(orderId)).toMatchObject({
        status: 'CANCELLED',
        reason: { code: 'CUSTOMER' },
      });
      expect(await shipmentOf(orderId)).toMatchObject({
        status: 'UNDONE',
        trackingNumber: `track-${orderId}`,
      });
      expect(booked()).not.toContain(orderId);
    },
  );
  expect(await available()).toBe(before);
});

test('of orders that are cancelled meanwhile the carrier has those that were confirmed before, and the books balance', async () => {
  const orderIds = await Promise.all(
    Array.from({ length: 20 }, (_, index) => alice.place([{ sku: 'mug', quantity: 1 + (index % 5) }])),
  );
  await Promise.all(orderIds.map((orderId) => alice.call('POST', `/orders/${orderId}/cancel`)));
  const { violations, orders } = await audit(world);
  expect(violations).toEqual([]);
  const confirmed = [...orders].flatMap(([orderId, { state }]) =>
    state.status === 'CONFIRMED' ? [orderId] : [],
  );
  expect(booked().toSorted()).toEqual(confirmed.toSorted());
});
