import amqp, { type Channel } from 'amqplib';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { parseRetryDelays, retryExchangeOf } from '../../engine/saga/routes.ts';
import { audit } from '../support/saga/audit.ts';
import type { Client } from '../support/saga/client.ts';
import { type Fact, seal } from '../support/saga/events.ts';
import { providerIs } from '../support/saga/sandbox.ts';
import { until } from '../support/saga/until.ts';
import { startWorld, type World } from '../support/saga/world.ts';

/**
 * Goal: a service that has gone wrong can't act as another one. Method: connects with the service's own
 * credentials and tries.
 */
let world: World;
let alice: Client;
beforeAll(async () => {
  world = await startWorld();
  alice = await world.customer();
  await world.stock({ sku: 'mug', available: 100, unitPriceMinor: 1290 });
});
afterAll(() => world?.end());

let end: () => Promise<void>;
let channel: Channel;

/** A confirm channel as the service's own user. */
async function channelOf(service: string, password = world.system.environment.BROKER_PASSWORD ?? '') {
  const url = new URL(world.system.urls.rabbitmq);
  url.username = service;
  url.password = password;
  const connection = await amqp.connect(url.href, { noDelay: true });
  connection.on('error', () => {});
  end = () => connection.close();
  const own = await connection.createConfirmChannel();
  own.on('error', () => {});
  return own;
}

const captured: Fact = {
  type: 'payment.captured',
  data: {
    customerId: 'alice',
    lines: [{ sku: 'mug', quantity: 1, unitPriceMinor: 1290 }],
    amountMinor: 1290,
    currency: 'EUR',
    paymentIntentId: 'pi_forged',
  },
};

describe('inventory’s own user', () => {
  beforeEach(async () => {
    channel = await channelOf('inventory');
  });
  afterEach(() => end());

  test('cannot say that a payment was captured: the order does not believe it, and makes it a dead letter with the reason', async () => {
    await providerIs(world, { latencyMs: 3_000 });
    try {
      const orderId = await alice.place([{ sku: 'mug', quantity: 1 }]);
      const event = seal(captured, orderId);
      const properties = { messageId: event.id, type: event.type, persistent: true };
      const body = Buffer.from(JSON.stringify(event));
      channel.publish('saga.events', event.type, body, { ...properties, userId: 'inventory' });
      channel.publish('saga.events', event.type, body, properties);
      await (channel as Awaited<ReturnType<typeof channelOf>>).waitForConfirms();
      const deadLetters = await until('both are dead letters', async () => {
        const { items } = await world.operator.expect(200, 'GET', '/dead-letters/order');
        return items.length === 2 && items.map(({ reason }: { reason: string }) => reason).toSorted();
      });
      expect(deadLetters).toEqual([
        'payment.captured claims to come from payment, but "inventory" sent it',
        'payment.captured claims to come from payment, but it has no user id',
      ]);
      expect((await alice.expect(200, 'GET', `/orders/${orderId}`)).status).toBe('PENDING');
      const redrive = await world.operator.expect(200, 'POST', '/dead-letters/order/redrive', {
        dryRun: false,
        reason: 'mended',
      });
      expect(redrive).toMatchObject({ redriven: 0, items: [{ would: 'stay' }, { would: 'stay' }] });
      expect(await alice.until(orderId)).toMatchObject({ status: 'CONFIRMED' });
      expect((await audit(world)).violations).toEqual([]);
    } finally {
      await providerIs(world, { latencyMs: 0 });
    }
  });

  test('cannot say that it is payment: the broker closes the channel', async () => {
    const refused = new Promise((_, reject) => channel.once('error', reject));
    channel.publish('saga.events', 'payment.captured', Buffer.from('{}'), { userId: 'payment' });
    await expect(refused).rejects.toThrow(
      /user_id property set to 'payment' but authenticated user was 'inventory'/,
    );
  });

  test.each(['order', 'order.dead', 'payment', 'payment.dead'])('cannot read the queue %s', async (queue) => {
    await expect(channel.get(queue)).rejects.toThrow(`ACCESS_REFUSED`);
  });

  test.each(['', 'order', 'order.dead', 'payment.dead', 'amq.direct'])(
    'cannot write to the exchange %j',
    async (exchange) => {
      const refused = new Promise((_, reject) => channel.once('error', reject));
      channel.publish(exchange, 'order', Buffer.from('{}'));
      await expect(refused).rejects.toThrow('ACCESS_REFUSED');
    },
  );

  // Fails where delay queues return by the default exchange: its key takes a message to any queue.
  test('cannot reach another’s queue by a delay queue: what it puts there comes back to its own, or to nobody', async () => {
    const [delay] = parseRetryDelays(world.system.environment.RETRY_DELAYS ?? '');
    if (delay === undefined) throw new Error('no delay');
    for (const exchange of [retryExchangeOf('order', delay), 'order.retry', 'inventory.retry']) {
      const refused = new Promise((_, reject) => channel.once('error', reject));
      channel.publish(exchange, 'order', Buffer.from('{}'));
      await expect(refused, exchange).rejects.toThrow('ACCESS_REFUSED');
      await end();
      channel = await channelOf('inventory');
    }
    for (const key of ['order', 'payment.dead', 'inventory']) {
      channel.publish(retryExchangeOf('inventory', delay), key, Buffer.from(`by ${key}`), {
        persistent: true,
      });
    }
    await (channel as Awaited<ReturnType<typeof channelOf>>).waitForConfirms();
    const deadLetters = async (service: string) =>
      (await world.operator.expect(200, 'GET', `/dead-letters/${service}`)).items.length;
    const before = { order: await deadLetters('order'), payment: await deadLetters('payment') };
    // What it sent last came back last, and was dead-lettered as nothing that can be read.
    await until('its own is dead-lettered', async () => (await deadLetters('inventory')) === 1);
    expect({ order: await deadLetters('order'), payment: await deadLetters('payment') }).toEqual(before);
  });

  test('cannot make, change or remove anything', async () => {
    await expect(channel.assertQueue('mine')).rejects.toThrow('ACCESS_REFUSED');
    channel = await channelOf('inventory');
    await expect(channel.deleteQueue('inventory')).rejects.toThrow('ACCESS_REFUSED');
    channel = await channelOf('inventory');
    await expect(channel.bindQueue('inventory', 'saga.events', 'payment.captured')).rejects.toThrow(
      'ACCESS_REFUSED',
    );
  });
});

test('a wrong password is refused', async () => {
  await expect(channelOf('inventory', 'guess')).rejects.toThrow('403');
});
