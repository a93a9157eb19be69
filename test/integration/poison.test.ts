import amqp from 'amqplib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { nestedArrays, sendAsArrays } from '../support/deep-headers.ts';
import { audit } from '../support/saga/audit.ts';
import { type Client, inParallel } from '../support/saga/client.ts';
import { type Fact, seal } from '../support/saga/events.ts';
import { until } from '../support/saga/until.ts';
import { startWorld, type World } from '../support/saga/world.ts';

/**
 * Goal: what can't be handled is dead-lettered with its reason, and holds up nothing. Method: one message of each
 * poisonous kind among good orders, put into the queues past the exchanges.
 */
let world: World;
let alice: Client;

beforeAll(async () => {
  world = await startWorld();
  alice = await world.customer();
  await world.stock({ sku: 'mug', available: 1_000, unitPriceMinor: 1290 });
});
afterAll(() => world?.end());

const placed: Fact = {
  type: 'order.placed',
  data: { customerId: 'alice', items: [{ sku: 'mug', quantity: 1 }], paymentMethod: 'pm_card_visa' },
};
const captured: Fact = {
  type: 'payment.captured',
  data: {
    customerId: 'alice',
    lines: [{ sku: 'mug', quantity: 1, unitPriceMinor: 1 }],
    amountMinor: 1,
    currency: 'EUR',
    paymentIntentId: 'pi_1',
  },
};
const declined: Fact = {
  type: 'payment.declined',
  data: { customerId: 'alice', decline: { code: 'card_declined', message: 'No.' } },
};
const unknownOrder = 'ord_aaaaaaaaaaaaaaaaaaaaaaaa';
const event = (fact: Fact, change: object = {}) => ({ ...seal(fact, unknownOrder), ...change });

const poison: readonly [queue: string, reason: RegExp, body: string | Buffer][] = [
  ['inventory', /not JSON/, 'hello'],
  ['inventory', /not JSON/, ''],
  ['inventory', /not JSON/, Buffer.from([0x22, 0xff, 0xfe, 0x22])],
  ['inventory', /not JSON/, '['.repeat(100_000)],
  ['payment', /not a CloudEvent/, '[]'],
  ['payment', /not a CloudEvent/, '{"__proto__":{"type":"order.placed"}}'],
  ['payment', /not a CloudEvent/, JSON.stringify(event(placed, { subject: '../etc' }))],
  [
    'order',
    /unknown event type "order.teleported"/,
    JSON.stringify(event(placed, { type: 'order.teleported' })),
  ],
  [
    'inventory',
    /unknown version/,
    JSON.stringify(event(placed, { dataschema: 'urn:order-saga:order.placed:v99' })),
  ],
  ['inventory', /does not come from "payment"/, JSON.stringify(event(placed, { source: 'payment' }))],
  [
    'inventory',
    /fails its schema: items/,
    JSON.stringify(event(placed, { data: { ...placed.data, items: [] } })),
  ],
  ['inventory', /is not for inventory/, JSON.stringify(event(captured))],
  ['order', /never placed/, JSON.stringify(event(declined))],
];

/** Whom it says that it comes from: these are to be refused for what they are and not for who sent them. */
const sourceOf = (body: string | Buffer): string => /"source":"(\w+)"/.exec(String(body))?.[1] ?? 'order';

describe('poison among good messages', () => {
  // Fails where a throw sends the whole batch back: good orders come again with the poison until they die too.
  test('each kind is dead-lettered at once with its reason, and delays none of the good ones', async () => {
    const connection = await amqp.connect(world.system.urls.rabbitmq, { noDelay: true });
    const channel = await connection.createConfirmChannel();
    const good: string[] = [];
    await inParallel(Array.from({ length: 100 }), 16, async (_, index) => {
      const poisoned = poison[index % 8];
      if (index < poison.length) {
        const [queue, , body] = poison[index] ?? poisoned ?? [];
        channel.sendToQueue(queue ?? '', Buffer.from(body ?? ''), {
          messageId: `poison-${index}`,
          userId: sourceOf(body ?? ''),
          persistent: true,
        });
      }
      good.push(await alice.place([{ sku: 'mug', quantity: 1 }]));
    });
    await channel.waitForConfirms();
    await connection.close();

    const result = await audit(world);
    expect(result.violations).toEqual([]);
    expect(result.statuses).toEqual({ CONFIRMED: good.length });
    await until(
      'all poison is a dead letter',
      async () => (await audit(world)).deadLetters === poison.length,
    );

    const deadLetters = await Promise.all(
      ['order', 'inventory', 'payment'].map(async (service) => {
        const { items } = await world.operator.expect(200, 'GET', `/dead-letters/${service}?limit=100`);
        return items.map((item: object) => ({ service, ...item }));
      }),
    );
    const byId = new Map(deadLetters.flat().map((item) => [item.messageId, item]));
    poison.forEach(([service, reason], index) => {
      expect(byId.get(`poison-${index}`)).toMatchObject({ service, reason: expect.stringMatching(reason) });
    });
  });

  test('looking at the dead letters and trying to redrive what can never succeed leaves them where they are', async () => {
    for (const service of ['order', 'inventory', 'payment']) {
      const reply = await world.operator.expect(200, 'POST', `/dead-letters/${service}/redrive`, {
        dryRun: false,
        reason: 'mended',
      });
      expect(reply.redriven).toBe(0);
      expect(reply.items.map(({ would }: { would: string }) => would)).toEqual(reply.items.map(() => 'stay'));
    }
    expect((await audit(world)).deadLetters).toBe(poison.length);
  });

  // Fails where only the oldest are looked at: what can never succeed hides what could.
  test('more of them than fit on a page hide nothing that can be redriven', async () => {
    const connection = await amqp.connect(world.system.urls.rabbitmq, { noDelay: true });
    const channel = await connection.createConfirmChannel();
    for (let index = 0; index < 150; index += 1) channel.sendToQueue('inventory.dead', Buffer.from('poison'));
    const orderId = await alice.place([{ sku: 'mug', quantity: 1 }]);
    channel.sendToQueue('inventory.dead', Buffer.from(JSON.stringify(seal(placed, orderId))), {
      userId: 'order',
    });
    await channel.waitForConfirms();
    await connection.close();
    await alice.until(orderId);
    const reply = await world.operator.expect(200, 'POST', '/dead-letters/inventory/redrive', {
      dryRun: false,
      reason: 'mended',
    });
    expect(reply.redriven).toBe(1);
    expect(reply.items.find(({ moved }: { moved: boolean }) => moved)).toMatchObject({
      orderId,
      would: 'repeat',
    });
  });

  // Fails where amqplib decodes them all: the stack overflows, and the connection is lost at each delivery.
  test('a header nested 5,000 deep costs its message alone: in the queue, as a dead letter and in a redrive', async () => {
    const connection = await amqp.connect(world.system.urls.rabbitmq, { noDelay: true });
    const nested = nestedArrays(5_000);
    sendAsArrays(connection, nested);
    const channel = await connection.createConfirmChannel();
    const orderId = await alice.place([{ sku: 'mug', quantity: 1 }]);
    const send = (queue: string, messageId: string, body: string) =>
      channel.sendToQueue(queue, Buffer.from(body), { messageId, userId: 'order', headers: { nested } });
    send('payment', 'deep-in-queue', 'hello');
    send('payment.dead', 'deep-dead', 'hello');
    send('inventory.dead', 'deep-good', JSON.stringify(seal(placed, orderId)));
    await channel.waitForConfirms();
    await connection.close();
    expect(await alice.until(await alice.place([{ sku: 'mug', quantity: 1 }]))).toMatchObject({
      status: 'CONFIRMED',
    });
    const reasons = await until('both are dead letters', async () => {
      const { items } = await world.operator.expect(200, 'GET', '/dead-letters/payment?limit=100');
      const byId = new Map(
        items.map((item: { messageId: string; reason: string }) => [item.messageId, item.reason]),
      );
      return byId.has('deep-in-queue') && byId.has('deep-dead') ? byId : undefined;
    });
    expect(reasons.get('deep-in-queue')).toMatch(/not JSON/);
    expect(reasons.get('deep-dead')).toMatch(/without a reason/);
    const redriven = (service: string) =>
      world.operator.expect(200, 'POST', `/dead-letters/${service}/redrive`, {
        dryRun: false,
        reason: 'mended',
      });
    expect(await redriven('payment')).toMatchObject({ redriven: 0 });
    expect(await redriven('inventory')).toMatchObject({ redriven: 1 });
    expect(await alice.until(orderId)).toMatchObject({ status: 'CONFIRMED' });
    expect((await audit(world)).violations).toEqual([]);
  });
});
