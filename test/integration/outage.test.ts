import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Part } from '../../infra/local/processes/part.ts';
import { audit } from '../support/saga/audit.ts';
import { type Client, inParallel, type Reply } from '../support/saga/client.ts';
import { startWorld, type World } from '../support/saga/world.ts';

/**
 * Goal: an accepted order survives the loss of the broker and of the database process. Method: steady load
 * from clients that repeat with the same key, while the process is killed with SIGKILL and started again.
 */
let world: World;
let alice: Client;

beforeAll(async () => {
  world = await startWorld();
  alice = await world.customer();
  for (let sku = 0; sku < 5; sku += 1) {
    await world.stock({ sku: `sku-${sku}`, available: 5_000, unitPriceMinor: 300 + sku });
  }
});
afterAll(() => world?.end());

interface Placed {
  readonly orderId: string;
  readonly refusals: readonly Reply[];
}

/** As a careful client does: the same key until it is accepted. */
async function placeUntilAccepted(index: number): Promise<Placed> {
  const key = randomUUID();
  const refusals: Reply[] = [];
  for (;;) {
    const method = index % 10 === 9 ? 'pm_card_chargeDeclined' : 'pm_card_visa';
    const reply = await alice.order([{ sku: `sku-${index % 5}`, quantity: 1 }], method, key);
    if (reply.status === 202) return { orderId: reply.body.orderId, refusals };
    refusals.push(reply);
    await delay(200);
  }
}

/** Load before, during and after the outage of one part. */
async function loadAcross(part: Part, outageMs: number): Promise<Placed[]> {
  const placing = inParallel(Array.from({ length: 200 }), 4, async (_, index) => {
    await delay(40);
    return placeUntilAccepted(index);
  });
  await delay(1_500);
  await part.kill();
  await delay(outageMs);
  await part.start();
  return placing;
}

/** The schedule, as often as it takes; in AWS it comes once a minute. */
async function nudgeUntilQuiet() {
  for (let round = 0; round < 12; round += 1) {
    await world.nudge();
    const result = await audit(world, { timeoutMs: 3_000 });
    if (result.violations.length === 0) return result;
  }
  return audit(world, { timeoutMs: 1_000 });
}

describe('an outage in mid-load', () => {
  // Fails where an order that can't be announced is refused, or is announced only once: it stays PENDING for ever.
  test('of the broker, for 10 s: every order is accepted all the same, and ends', async () => {
    const placed = await loadAcross(world.system.parts.rabbitmq, 10_000);
    expect(placed.flatMap(({ refusals }) => refusals)).toEqual([]);
    const result = await nudgeUntilQuiet();
    expect(result.violations).toEqual([]);
    expect(placed.filter(({ orderId }) => !result.orders.has(orderId))).toEqual([]);
    expect(result.keptMinor).toBe(result.confirmedMinor);
  });

  // Fails where a message is acknowledged before its effect is stored: orders stay PENDING, half-done.
  test('of the database process: 503 with Retry-After meanwhile, nothing half-done, and all end', async () => {
    const placed = await loadAcross(world.system.parts.dynamodb, 3_000);
    const refusals = placed.flatMap(({ refusals }) => refusals);
    expect(refusals.length).toBeGreaterThan(0);
    expect(new Set(refusals.map(({ status }) => status))).toEqual(new Set([503]));
    expect(refusals.every(({ headers }) => Number(headers.get('retry-after')) > 0)).toBe(true);
    // Without the schedule, which would heal what a participant forgot.
    const result = await audit(world);
    expect(result.violations).toEqual([]);
    expect(result.deadLetters).toBe(0);
    expect(placed.filter(({ orderId }) => !result.orders.has(orderId))).toEqual([]);
    expect(result.keptMinor).toBe(result.confirmedMinor);
  });

  // Fails where any failure of the authorizer is taken for a wrong token: clients would log their customers out.
  test('of the token issuer, while the functions are cold: 503, never 401, and 202 once it is back', async () => {
    const { api, issuer } = world.system.parts;
    await issuer.kill();
    await api.kill();
    await api.start();
    const order = () => alice.order([{ sku: 'sku-0', quantity: 1 }], 'pm_card_visa', randomUUID());
    const replies = await Promise.all([order(), order(), order()]);
    expect(replies.map(({ status }) => status)).toEqual([503, 503, 503]);
    expect(replies.every(({ headers }) => Number(headers.get('retry-after')) > 0)).toBe(true);
    await issuer.start();
    expect((await order()).status).toBe(202);
    expect((await audit(world)).violations).toEqual([]);
  });
});
