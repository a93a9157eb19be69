import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { audit } from '../support/saga/audit.ts';
import type { Client, Reply } from '../support/saga/client.ts';
import { startWorld, type World } from '../support/saga/world.ts';

/**
 * Goal: nobody grabs everything. Method: the settings are the product's own, one customer wants all there is and has a
 * card that is always declined, and honest ones buy meanwhile.
 */
let world: World;
beforeAll(async () => {
  const { MAX_OPEN_PER_OWNER, PAUSE_AFTER_FAILURES, MAX_STOCK_SHARE } = usual;
  world = await startWorld({ MAX_OPEN_PER_OWNER, PAUSE_AFTER_FAILURES, MAX_STOCK_SHARE });
});
afterAll(() => world?.end());

const usual = { MAX_OPEN_PER_OWNER: '20,trusted=200', PAUSE_AFTER_FAILURES: '3', MAX_STOCK_SHARE: '50%' };
const DECLINED = 'pm_card_chargeDeclined';
const PIECES = 500;
const BUYERS = 24;
const HOARDS = 12;
const SECONDS = 12;

const retryAfterOf = ({ headers }: Reply): number => Number(headers.get('retry-after'));

/** Polls, and orders as soon as there is any: all of it, or what it takes one order to get. */
async function hoard(mallory: Client, sku: string, quantity: number, enough: AbortSignal): Promise<number[]> {
  const statuses: number[] = [];
  while (!enough.aborted && statuses.filter((status) => status === 202).length < HOARDS) {
    const { availability } = await mallory.expect(200, 'GET', `/stock/${sku}`);
    if (availability !== 'OUT_OF_STOCK')
      statuses.push((await mallory.order([{ sku, quantity }], DECLINED)).status);
    await delay(50);
  }
  return statuses;
}

test.each([
  ['all of it', PIECES],
  ['as much as one order may take', PIECES / 2],
])('one customer orders %s again and again, and nine of ten honest buyers get one', async (_, quantity) => {
  const sku = `console-${quantity}`;
  await world.stock({ sku, available: PIECES, unitPriceMinor: 39_900 });
  const mallory = await world.customer(`mallory-${quantity}`);
  const over = new AbortController();
  const hoarding = hoard(mallory, sku, quantity, over.signal);
  const buying = Array.from({ length: BUYERS }, async (_each, index) => {
    const buyer = await world.customer(`buyer-${quantity}-${index}`);
    await delay((index * SECONDS * 1_000) / BUYERS);
    const orderId = await buyer.place([{ sku, quantity: 1 }]);
    return await buyer.until(orderId, undefined, 40_000);
  });
  const bought = await Promise.all(buying);
  over.abort();
  const answers = await hoarding;
  const served = bought.filter(({ status }) => status === 'CONFIRMED').length;
  console.log(`${served} of ${BUYERS} served; the hoarder was answered ${answers.join()}`);
  expect(served).toBeGreaterThanOrEqual(0.9 * BUYERS);
  expect((await audit(world)).violations).toEqual([]);
});

test('declined again and again, a customer has to wait longer each time, and is told how long', async () => {
  await world.stock({ sku: 'mug', available: 100, unitPriceMinor: 1_290 });
  const carl = await world.customer('carl');
  const decline = async () => carl.until(await carl.place([{ sku: 'mug', quantity: 1 }], DECLINED));
  for (let failures = 1; failures <= 3; failures += 1) await decline();
  const first = await carl.order([{ sku: 'mug', quantity: 1 }]);
  expect(first).toMatchObject({ status: 429, body: { type: 'urn:order-saga:problem:paused' } });
  expect(retryAfterOf(first)).toBe(1);
  await delay(1_000);
  await decline();
  const second = await carl.order([{ sku: 'mug', quantity: 1 }]);
  expect(second.status).toBe(429);
  expect(retryAfterOf(second)).toBe(2);
  // Nobody else waits for that, and a success ends it.
  const dora = await world.customer('dora');
  expect((await dora.order([{ sku: 'mug', quantity: 1 }])).status).toBe(202);
  await delay(2_000);
  await carl.until(await carl.place([{ sku: 'mug', quantity: 1 }]));
  expect((await carl.order([{ sku: 'mug', quantity: 1 }])).status).toBe(202);
});

test('500 orders at once by one customer: twenty at most are accepted, the others are told when to come again', async () => {
  await world.stock({ sku: 'pen', available: 10_000, unitPriceMinor: 300 });
  const eve = await world.customer('eve');
  const atOnce = (client: Client, count: number) =>
    Promise.all(
      // Nobody can say whether its customer pays, so none of these ends meanwhile.
      Array.from({ length: count }, () =>
        client.order([{ sku: 'pen', quantity: 1 }], 'pm_card_threeDSecure2Required'),
      ),
    );
  const replies = await atOnce(eve, 500);
  const accepted = replies.filter(({ status }) => status === 202);
  const refused = replies.filter(({ status }) => status === 429);
  expect(accepted).toHaveLength(20);
  expect(refused).toHaveLength(480);
  for (const reply of refused) {
    expect(reply.body).toMatchObject({ type: 'urn:order-saga:problem:too-many-open', status: 429 });
    expect(retryAfterOf(reply)).toBeGreaterThan(0);
  }
  // A class of customers has a limit of its own.
  const shop = await world.customer('corner-shop', 'trusted');
  expect((await atOnce(shop, 60)).every(({ status }) => status === 202)).toBe(true);
  await Promise.all(accepted.map(({ body }) => eve.expect(202, 'POST', `/orders/${body.orderId}/cancel`)));
  for (const { body } of accepted) await eve.until(body.orderId, undefined, 40_000);
  expect((await eve.order([{ sku: 'pen', quantity: 1 }])).status).toBe(202);
});
