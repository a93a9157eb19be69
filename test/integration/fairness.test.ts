import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { audit } from '../support/saga/audit.ts';
import type { Client, Reply } from '../support/saga/client.ts';
import { providerIs } from '../support/saga/sandbox.ts';
import { startWorld, type World } from '../support/saga/world.ts';

/**
 * Goal: nobody grabs everything. Method: the settings are the product's own, one customer wants all there is and has a
 * card that is always declined, and honest ones buy meanwhile.
 */
let world: World;
beforeAll(async () => {
  const { MAX_OPEN_PER_OWNER, PAUSE_AFTER_FAILURES, MAX_STOCK_SHARE } = usual;
  world = await startWorld({ MAX_OPEN_PER_OWNER, PAUSE_AFTER_FAILURES, MAX_STOCK_SHARE });
  // So long is stock held for a card that is declined.
  await providerIs(world, { latencyMs: 500 });
});
afterAll(() => world?.end());

const usual = { MAX_OPEN_PER_OWNER: '20,trusted=200', PAUSE_AFTER_FAILURES: '3', MAX_STOCK_SHARE: '50%' };
const DECLINED = 'pm_card_chargeDeclined';
const PIECES = 500;
const BUYERS = 24;
const SECONDS = 12;

const retryAfterOf = ({ headers }: Reply): number => Number(headers.get('retry-after'));

/** Nobody tells a customer how many there are: so ever fewer are ordered, until none is left. */
const everFewer = [480, 240, 120, 60, 30, 15, 8, 4, 2, 1];

/** Polls, takes all there is as soon as there is any, and again when that has come to nothing. */
async function hoard(mallory: Client, sku: string, enough: AbortSignal): Promise<string[]> {
  const answers: string[] = [];
  const order = async (quantity: number): Promise<void> => {
    const { status, body } = await mallory.order([{ sku, quantity }], DECLINED);
    const ended = status === 202 ? await mallory.until(body.orderId, undefined, 40_000) : undefined;
    answers.push(ended?.reason.code ?? String(status));
  };
  while (!enough.aborted) {
    const { availability } = await mallory.expect(200, 'GET', `/stock/${sku}`);
    if (availability !== 'OUT_OF_STOCK') await Promise.all(everFewer.map(order));
    await delay(50);
  }
  return answers;
}

// Fails where an order holds what it likes for as long as a card takes to be declined: then there is seldom any left.
test('one customer takes all there is again and again, and nine of ten honest buyers get one', async () => {
  const sku = 'console';
  await world.stock({ sku, available: PIECES, unitPriceMinor: 39_900 });
  const mallory = await world.customer('mallory');
  const over = new AbortController();
  const hoarding = hoard(mallory, sku, over.signal);
  const buying = Array.from({ length: BUYERS }, async (_, index) => {
    const buyer = await world.customer(`buyer-${index}`);
    await delay((index * SECONDS * 1_000) / BUYERS);
    const orderId = await buyer.place([{ sku, quantity: 1 }]);
    return await buyer.until(orderId, undefined, 40_000);
  });
  const bought = await Promise.all(buying);
  over.abort();
  const answers = Object.groupBy(await hoarding, (answer) => answer);
  const times = Object.entries(answers).map(([answer, { length } = []]) => `${length} × ${answer}`);
  const served = bought.filter(({ status }) => status === 'CONFIRMED').length;
  console.log(`${served} of ${BUYERS} served; the hoarder got ${times.join(', ')}`);
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

/** Asks again under the same key if this machine is too busy to say what has become of it. */
async function answered(client: Client, key: string): Promise<Reply> {
  for (;;) {
    const reply = await client.order([{ sku: 'pen', quantity: 1 }], 'pm_card_threeDSecure2Required', key);
    if (reply.status < 500) return reply;
    busy.push(`${key}: ${reply.status} ${JSON.stringify(reply.body)}`);
    await delay(500);
  }
}
const busy: string[] = [];

test('500 orders at once by one customer: twenty at most are accepted, the others are told when to come again', async () => {
  await world.stock({ sku: 'pen', available: 10_000, unitPriceMinor: 300 });
  const eve = await world.customer('eve');
  const atOnce = (client: Client, count: number) =>
    Promise.all(
      // Nobody can say whether its customer pays, so none of these ends meanwhile.
      Array.from({ length: count }, (_, index) => answered(client, `pen-${index}`)),
    );
  const replies = await atOnce(eve, 500);
  const byStatus = Object.groupBy(replies, ({ status }) => status);
  const { 202: accepted = [], 429: refused = [] } = byStatus;
  const counts = Object.entries(byStatus).map(([status, { length } = []]) => `${status}: ${length}`);
  if (busy.length > 0) console.log(busy.join('\n'));
  expect(counts).toEqual(['202: 20', '429: 480']);
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
