import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import amqp, { type ChannelModel, type ConfirmChannel } from 'amqplib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { eventMessage } from '../../engine/batch/messages.ts';
import { PATIENT, RabbitPublisher } from '../../engine/rabbitmq/publisher.ts';
import { parseQueueShards } from '../../engine/saga/queue-shards.ts';
import { parseRetryDelays } from '../../engine/saga/routes.ts';
import { shop } from '../../functions/shop.ts';
import { applyTopology } from '../../infra/broker/apply.ts';
import { oneQueueEach, queuesOf } from '../../infra/broker/shards.ts';
import { topologyOf } from '../../infra/broker/topology.ts';
import { freePorts } from '../../infra/local/ports.ts';
import { type System, startSystem } from '../../infra/local/system.ts';
import { audit } from '../support/saga/audit.ts';
import { type Client, inParallel } from '../support/saga/client.ts';
import { type Fact, seal } from '../support/saga/events.ts';
import { providerIs } from '../support/saga/sandbox.ts';
import { until } from '../support/saga/until.ts';
import { startWorld, type World } from '../support/saga/world.ts';

/**
 * Goal: however many shards a queue has, an order keeps to one of them, and whatever may happen to a message still
 * does. Method: four shards for every service; first a broker alone, then whole sagas.
 */
const environment = { RETRY_DELAYS: '50ms', QUEUE_SHARDS: '4' };
const shardsOf = (service: (typeof shop.services)[number]) => queuesOf(service, parseQueueShards(shop, '4'));
const mug = [{ sku: 'mug', quantity: 1 }];
const steps: readonly Fact[] = [
  { type: 'order.placed', data: { customerId: 'alice', items: mug, paymentMethod: 'pm_card_visa' } },
  {
    type: 'payment.declined',
    data: { customerId: 'alice', decline: { code: 'card_declined', message: '' } },
  },
  { type: 'order.cancelling', data: { customerId: 'alice', cause: 'DEADLINE' } },
];

describe('on the broker', () => {
  let system: System;
  let dataDir: string;
  let connection: ChannelModel;
  let channel: ConfirmChannel;
  let publisher: RabbitPublisher;

  async function connect(): Promise<void> {
    connection = await amqp.connect(system.urls.rabbitmq, { noDelay: true });
    connection.on('error', () => {});
    channel = await connection.createConfirmChannel();
  }
  beforeAll(async () => {
    dataDir = mkdtempSync(join(tmpdir(), 'order-saga-'));
    system = await startSystem({ dataDir, ports: await freePorts(), withApi: false, environment });
    const url = async () => system.urls.rabbitmq;
    publisher = new RabbitPublisher({ url, name: 'shards', patience: PATIENT });
    await connect();
  });
  afterAll(async () => {
    await connection?.close().catch(() => {});
    await system?.stop();
    rmSync(dataDir, { recursive: true, force: true });
  });

  async function drained(queue: string): Promise<readonly string[]> {
    const ids: string[] = [];
    for (;;) {
      const message = await channel.get(queue, { noAck: true });
      if (message === false) return ids;
      ids.push(String(message.properties.messageId));
    }
  }

  const orders = Array.from({ length: 100 }, (_, index) => `ord_${String(index * 7).padStart(24, 'x')}`);
  /** Everything that inventory hears of an order, one after another, each order by itself. */
  const publishAll = () =>
    Promise.all(
      orders.map(async (orderId) => {
        for (const fact of steps) {
          const event = seal(fact, orderId);
          await publisher.publish(eventMessage(shop, event, JSON.stringify(event)));
        }
      }),
    );

  test('all messages of an order are in one shard, in the order they were published, also after a restart', async () => {
    await publishAll();
    await connection.close();
    await system.parts.rabbitmq.stop();
    await system.parts.rabbitmq.start();
    await connect();
    await publishAll();
    const homes = new Map<string, string>();
    for (const queue of shardsOf('inventory')) {
      const ids = await drained(queue);
      expect(ids.length, `${queue} has its share`).toBeGreaterThan(orders.length);
      for (const [index, id] of ids.entries()) {
        const [orderId = ''] = id.split(':');
        if (ids.findIndex((each) => each.startsWith(orderId)) < index) continue;
        expect(homes.get(orderId), `${orderId} in two shards`).toBeUndefined();
        homes.set(orderId, queue);
        const said = ids.filter((each) => each.startsWith(orderId)).map((each) => each.split(':')[1]);
        const types = steps.map(({ type }) => type);
        expect(said, orderId).toEqual([...types, ...types]);
      }
    }
    expect([...homes.keys()].toSorted()).toEqual(orders.toSorted());
    for (const queue of [...shardsOf('order'), ...shardsOf('payment')]) await drained(queue);
  });

  test('what has no slot, which nobody here sends, is in the first shard, and is not returned', async () => {
    const returned: unknown[] = [];
    channel.on('return', (message) => returned.push(message));
    for (const slot of [undefined, 'g', 3]) {
      const headers = slot === undefined ? {} : { 'saga-slot': slot };
      channel.publish('saga.failures', 'x', Buffer.from('?'), {
        messageId: String(slot),
        headers,
        mandatory: true,
      });
    }
    await channel.waitForConfirms();
    expect(returned).toEqual([]);
    for (const service of shop.services) {
      const [first = '', ...others] = shardsOf(service);
      expect(await drained(first)).toEqual(['undefined', 'g', '3']);
      for (const queue of others) expect(await drained(queue)).toEqual([]);
    }
  });

  test.each([
    [
      'one',
      oneQueueEach(shop),
      [/exchange inventory: .*'type'/, /queue inventory\.0: it belongs to another number/],
    ],
    [
      'fewer',
      parseQueueShards(shop, '2'),
      [/exchange inventory: .*'alternate-exchange'/, /queue inventory\.2: it belongs to another number/],
    ],
    ['more', parseQueueShards(shop, '8'), [/exchange inventory: .*'alternate-exchange'/]],
  ])('four are not changed to %s, and the refusal says what to do', async (_, shards, whys) => {
    const delays = parseRetryDelays(environment.RETRY_DELAYS);
    await applyTopology(system.urls.rabbitmq, topologyOf(shop, delays, parseQueueShards(shop, '4')));
    const refused = applyTopology(system.urls.rabbitmq, topologyOf(shop, delays, shards));
    for (const why of whys) await expect(refused).rejects.toThrow(why);
    await expect(refused).rejects.toThrow(/delete it, and apply the topology again/);
  });

  // Fails where only the exchange is compared: the one queue stays bound, and collects what nobody reads.
  test('one becomes four as soon as what is in the way is deleted, and not before the one queue is', async () => {
    const delays = parseRetryDelays(environment.RETRY_DELAYS);
    for (const service of shop.services) {
      await channel.deleteExchange(service);
      await channel.assertQueue(service, { durable: true, arguments: { 'x-queue-type': 'quorum' } });
    }
    const apply = () =>
      applyTopology(system.urls.rabbitmq, topologyOf(shop, delays, parseQueueShards(shop, '4')));
    await expect(apply()).rejects.toThrow(/queue payment: it belongs to another number of shards/);
    for (const service of shop.services) await channel.deleteQueue(service);
    await apply();
    await publishAll();
    const depths = await Promise.all(shardsOf('inventory').map((queue) => channel.checkQueue(queue)));
    expect(depths.reduce((sum, { messageCount }) => sum + messageCount, 0)).toBe(3 * orders.length);
  });
});

describe('in sagas', () => {
  let world: World;
  let alice: Client;
  beforeAll(async () => {
    world = await startWorld(environment);
    alice = await world.customer();
    await world.stock({ sku: 'mug', available: 10_000, unitPriceMinor: 1290 });
  });
  afterAll(() => world?.end());

  const deadLettersOf = async (service: string) =>
    (await world.operator.expect(200, 'GET', `/dead-letters/${service}`)).items;

  test('300 orders, 32 at a time, a tenth declined: all end, in every shard, and the books balance', async () => {
    const connection = await amqp.connect(world.system.urls.rabbitmq, { noDelay: true });
    const channel = await connection.createChannel();
    for (const queue of shop.services.flatMap(shardsOf)) {
      expect(await channel.checkQueue(queue), queue).toMatchObject({ consumerCount: 1 });
    }
    await connection.close();
    const numbers = Array.from({ length: 300 }, (_, index) => index);
    const ids = await inParallel(numbers, 32, (index) =>
      alice.place(mug, index % 10 === 9 ? 'pm_card_chargeDeclined' : 'pm_card_visa'),
    );
    // It looks at the length of queues that have other names now.
    expect(await world.nudge()).toMatchObject({ failed: 0 });
    const { violations, deadLetters, orders } = await audit(world);
    expect({ violations, deadLetters }).toEqual({ violations: [], deadLetters: 0 });
    expect(ids.filter((id) => orders.get(id)?.status === 'CONFIRMED')).toHaveLength(270);
  });

  // Fails where a retry is sent to the service's queue by name, which is none of the shards.
  test('what fails is tried again, dead-lettered and redriven, whichever shard it was in', async () => {
    const twelve = Array.from({ length: 12 }, (_, index) => index);
    let ids: readonly string[] = [];
    let deadLetters: readonly object[] = [];
    await providerIs(world, { outage: 'refuse' });
    try {
      ids = await inParallel(twelve, 12, () => alice.place(mug));
      const areDeadLetters = async () => {
        const items = await deadLettersOf('payment');
        return items.length === ids.length && items;
      };
      // Every attempt takes the provider's client some seconds to give up.
      deadLetters = await until('all are dead letters', areDeadLetters, 45_000);
    } finally {
      await providerIs(world, { outage: 'none' });
    }
    for (const item of deadLetters) expect(item).toMatchObject({ reason: 'gave up after 2 attempts' });
    expect(
      await world.operator.expect(200, 'POST', '/dead-letters/payment/redrive', {
        dryRun: false,
        reason: 'mended',
      }),
    ).toMatchObject({ redriven: deadLetters.length });
    for (const id of ids) expect(await alice.until(id)).toMatchObject({ status: 'CONFIRMED' });
    expect(await audit(world)).toMatchObject({ violations: [], deadLetters: 0 });
  });

  test('poison is a dead letter from every shard, with its reason, and holds up nothing', async () => {
    const connection = await amqp.connect(world.system.urls.rabbitmq, { noDelay: true });
    const channel = await connection.createConfirmChannel();
    for (const queue of shardsOf('inventory')) channel.sendToQueue(queue, Buffer.from('hello'));
    await channel.waitForConfirms();
    await connection.close();
    expect(await alice.until(await alice.place(mug))).toMatchObject({ status: 'CONFIRMED' });
    const deadLetters = await until('all are dead letters', async () => {
      const items = await deadLettersOf('inventory');
      return items.length === 4 && items;
    });
    for (const item of deadLetters) expect(item).toMatchObject({ reason: 'not JSON in UTF-8' });
  });
});
