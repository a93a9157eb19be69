import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { audit } from '../support/saga/audit.ts';
import type { Client } from '../support/saga/client.ts';
import { type Interposer, whileInterposed } from '../support/saga/interpose.ts';
import { until } from '../support/saga/until.ts';
import { startWorld, type World } from '../support/saga/world.ts';

/** Goal: what no nudge heals is ended by the deadline. Method: loses every message of one kind. */
let world: World;
let alice: Client;
const DEADLINE_SECONDS = 20;

beforeAll(async () => {
  world = await startWorld({ SAGA_DEADLINE_SECONDS: String(DEADLINE_SECONDS) });
  alice = await world.customer();
  await world.stock({ sku: 'mug', available: 1_000, unitPriceMinor: 1290 });
});
afterAll(() => world?.end());

// Fails where a deadline only marks the order: the money and the stock stay taken.
test('past the deadline the order cancels itself through saga.failures, and everything is undone', async () => {
  const loseSuccess: Interposer = async ({ type, forward }) => {
    if (type !== 'payment.captured') await forward();
  };
  await whileInterposed(world, loseSuccess, async () => {
    const orderId = await alice.place([{ sku: 'mug', quantity: 1 }]);
    await until('it is paid', async () => {
      const { body } = await alice.call('GET', `/orders/${orderId}/payment`);
      return body.status === 'CAPTURED';
    });
    await delay(1_000 * (DEADLINE_SECONDS + 1));
    await world.nudge();
    expect(await alice.until(orderId)).toMatchObject({ status: 'CANCELLED', reason: { code: 'DEADLINE' } });
  });
  expect((await audit(world)).violations).toEqual([]);
});
