import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { audit } from '../support/saga/audit.ts';
import { type Client, inParallel } from '../support/saga/client.ts';
import { type Interposer, whileInterposed } from '../support/saga/interpose.ts';
import { providerIs } from '../support/saga/sandbox.ts';
import { until } from '../support/saga/until.ts';
import { startWorld, type World } from '../support/saga/world.ts';

/**
 * Goal: a message that is lost anywhere in the chain is healed by the schedule.
 * Method: the test stands between exchanges and queues and loses messages that the broker had confirmed.
 */
let world: World;
let alice: Client;
const mug = [{ sku: 'mug', quantity: 1 }];
/** An order is overdue ten seconds after its last step. */
const OVERDUE_MS = 11_000;

beforeAll(async () => {
  world = await startWorld();
  alice = await world.customer();
  await world.stock({ sku: 'mug', available: 1_000, unitPriceMinor: 1290 });
  // A webhook heals some losses before the schedule comes.
  await providerIs(world, { webhooksLostPercent: 100 });
});
// The system may be one that other tests share.
afterAll(async () => {
  if (world !== undefined) await providerIs(world, { webhooksLostPercent: 0 });
  await world?.end();
});

/** Every hop of a paid and of a declined order. */
const hops = [
  ['pm_card_visa', 'order.placed', 'inventory'],
  ['pm_card_visa', 'stock.reserved', 'payment'],
  ['pm_card_visa', 'payment.captured', 'order'],
  ['pm_card_chargeDeclined', 'order.placed', 'inventory'],
  ['pm_card_chargeDeclined', 'stock.reserved', 'payment'],
  ['pm_card_chargeDeclined', 'payment.declined', 'order'],
  ['pm_card_chargeDeclined', 'payment.declined', 'inventory'],
  ['pm_card_chargeDeclined', 'stock.released', 'order'],
] as const;

describe('the schedule', () => {
  // Fails where only a failed publish is tried again: what the broker confirmed and then lost is never missed.
  // Fails where an overdue order is read and not claimed: each scheduler nudges it.
  test('heals the loss of any message of the chain; two schedulers at once nudge each order once', async () => {
    const lossOf = new Map<string, string>();
    const lost: string[] = [];
    const loseOnce: Interposer = async ({ to, type, orderId, forward }) => {
      if (world.before.has(orderId)) return await forward();
      // The order's id is known only once it is answered, so what comes before is told by looking again.
      await until('the order is known', () => lossOf.has(orderId));
      if (lossOf.get(orderId) !== `${type} to ${to}`) return await forward();
      lossOf.set(orderId, 'nothing more');
      lost.push(`${orderId} ${type} to ${to}`);
    };
    await whileInterposed(world, loseOnce, async () => {
      const orders = await inParallel(hops, 4, async ([method, type, to]) => {
        const orderId = await alice.place(mug, method);
        lossOf.set(orderId, `${type} to ${to}`);
        return { orderId, status: method === 'pm_card_visa' ? 'CONFIRMED' : 'CANCELLED' };
      });
      await until('each order has lost its message', () => lost.length === hops.length);
      const schedulers = (): Promise<unknown[]> =>
        Promise.all(Array.from({ length: 4 }, () => world.nudge()));
      // Workers that start cold come one after the other, and would never meet.
      await schedulers();
      await delay(OVERDUE_MS);
      const runs = (await schedulers()) as { nudged: number; failed: number }[];
      expect(runs.reduce((sum, { nudged, failed }) => sum + nudged + failed, 0)).toBe(hops.length);
      for (const { orderId, status } of orders)
        expect((await alice.until(orderId)).status, orderId).toBe(status);
    });
    const result = await audit(world);
    expect(result.violations).toEqual([]);
    expect(result.deadLetters).toBe(0);
  });
});
