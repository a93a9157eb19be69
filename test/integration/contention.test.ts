import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { audit } from '../support/saga/audit.ts';
import { type Client, inParallel } from '../support/saga/client.ts';
import { startWorld, type World } from '../support/saga/world.ts';

let world: World;
let alice: Client;

beforeAll(async () => {
  world = await startWorld();
  alice = await world.customer();
});
afterAll(() => world?.end());

describe('contention', () => {
  // Fails where stock is read and then written: more than fifty are sold.
  test('200 concurrent orders for 50 pieces: fifty are confirmed, none too many', async () => {
    await world.stock({ sku: 'rare', available: 50, unitPriceMinor: 1290 });
    await inParallel(Array.from({ length: 200 }), 40, () => alice.place([{ sku: 'rare', quantity: 1 }]));
    const result = await audit(world);
    expect(result.violations).toEqual([]);
    expect(result.statuses).toEqual({ CONFIRMED: 50, CANCELLED: 150 });
  });

  // Fails where the key is looked up before the order is put: two orders for one intention.
  test('20 concurrent POSTs with one key: one order, one charge', async () => {
    await world.stock({ sku: 'mug', available: 50, unitPriceMinor: 1290 });
    const key = randomUUID();
    const ids = await inParallel(Array.from({ length: 20 }), 20, () =>
      alice.place([{ sku: 'mug', quantity: 1 }], 'pm_card_visa', key),
    );
    expect(new Set(ids).size).toBe(1);
    const result = await audit(world);
    expect(result.violations).toEqual([]);
    expect(result.orders.size).toBe(201);
    expect(await alice.expect(200, 'GET', '/stock/mug')).toMatchObject({ available: 49 });
  });
});
