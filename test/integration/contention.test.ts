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
    await inParallel(Array.from({ length: 200 }), 12, () => alice.place([{ sku: 'rare', quantity: 1 }]));
    const result = await audit(world);
    expect(result.violations).toEqual([]);
    expect(result.statuses).toEqual({ CONFIRMED: 50, CANCELLED: 150 });
  });

  // Fails where the key is looked up before the order is put: two orders for one intention.
  test('20 concurrent POSTs with one key: one order, one charge', async () => {
    await world.stock({ sku: 'mug', available: 50, unitPriceMinor: 1290 });
    const mug = [{ sku: 'mug', quantity: 1 }];
    const atOnce = (key: () => string) =>
      inParallel(Array.from({ length: 20 }), 20, () => alice.place(mug, 'pm_card_visa', key()));
    // Workers that start cold come one after the other, and would never meet.
    const warm = await atOnce(randomUUID);
    for (let round = 0; round < 5; round += 1) {
      const key = randomUUID();
      expect(new Set(await atOnce(() => key)).size).toBe(1);
    }
    const result = await audit(world);
    expect(result.violations).toEqual([]);
    expect(await world.operator.expect(200, 'GET', '/stock/mug')).toMatchObject({
      available: 50 - warm.length - 5,
    });
  });
});
