import { isDeepStrictEqual } from 'node:util';
import amqp from 'amqplib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Service } from '../../functions/shop.ts';
import { audit } from '../support/saga/audit.ts';
import type { Client } from '../support/saga/client.ts';
import { type Fact, seal } from '../support/saga/events.ts';
import { providerIs } from '../support/saga/sandbox.ts';
import { until } from '../support/saga/until.ts';
import { startWorld, type World } from '../support/saga/world.ts';

/** Goal: a redrive heals what is open and changes nothing that has ended. */
let world: World;
let alice: Client;
const mug = [{ sku: 'mug', quantity: 1 }];

beforeAll(async () => {
  world = await startWorld({ RETRY_DELAYS: '50ms' });
  alice = await world.customer();
  await world.stock({ sku: 'mug', available: 100, unitPriceMinor: 1290 });
});
afterAll(() => world?.end());

async function deadLetter(queue: string, ...events: readonly object[]): Promise<void> {
  const connection = await amqp.connect(world.system.urls.rabbitmq, { noDelay: true });
  const channel = await connection.createConfirmChannel();
  for (const event of events) {
    const { source: userId } = event as { source: string };
    channel.sendToQueue(`${queue}.dead`, Buffer.from(JSON.stringify(event)), { userId });
  }
  await channel.waitForConfirms();
  await connection.close();
}

const placedFact: Fact = {
  type: 'order.placed',
  data: { customerId: 'alice', items: mug, paymentMethod: 'pm_card_visa' },
};
const reservedFact: Fact = {
  type: 'stock.reserved',
  data: {
    customerId: 'alice',
    lines: [{ sku: 'mug', quantity: 1, unitPriceMinor: 1290 }],
    amountMinor: 1290,
    currency: 'EUR',
    paymentMethod: 'pm_card_visa',
  },
};
const capturedFact: Fact = {
  type: 'payment.captured',
  data: {
    customerId: 'alice',
    lines: [{ sku: 'mug', quantity: 1, unitPriceMinor: 1290 }],
    amountMinor: 1290,
    currency: 'EUR',
    paymentIntentId: 'pi_1',
  },
};

const redrive = (service: string, dryRun: boolean) =>
  world.operator.expect(200, 'POST', `/dead-letters/${service}/redrive`, { dryRun, reason: 'mended' });

/** What an ended order's row must still say, down to its version, once all that was queued before is through. */
async function rowsOf(...orderIds: readonly string[]) {
  // Queues are first in, first out: what was put there before this order has been settled when it ends.
  await alice.until(await alice.place(mug));
  await alice.until(await alice.place(mug, 'pm_card_chargeDeclined'));
  const { violations, orders } = await audit(world);
  expect(violations).toEqual([]);
  return orderIds.map((orderId) => orders.get(orderId));
}

/** Whether the schedule counts so many dead letters, as it tells the alarm. */
const counts = async (service: Service, deadLetters: number) =>
  isDeepStrictEqual(await world.countDeadLetters(service), { deadLetters });

describe('a redrive', () => {
  // Fails where a step is applied to whatever state it finds: an ended order is reserved and charged again.
  test('after CANCELLED and after CONFIRMED changes nothing', async () => {
    const confirmed = await alice.place(mug);
    const cancelled = await alice.place(mug, 'pm_card_chargeDeclined');
    await Promise.all([alice.until(confirmed), alice.until(cancelled)]);
    const before = await rowsOf(confirmed, cancelled);
    for (const orderId of [confirmed, cancelled]) {
      await deadLetter('inventory', seal(placedFact, orderId));
      await deadLetter('payment', seal(reservedFact, orderId));
      await deadLetter('order', seal(capturedFact, orderId));
    }
    for (const service of ['inventory', 'payment', 'order']) {
      const preview = await redrive(service, true);
      expect(preview).toMatchObject({
        dryRun: true,
        redriven: 0,
        items: [{ orderId: confirmed }, { orderId: cancelled }],
      });
      for (const { would } of preview.items) expect(['repeat', 'ignore']).toContain(would);
    }
    expect((await audit(world)).deadLetters).toBe(6);
    for (const service of ['inventory', 'payment', 'order']) {
      expect(await redrive(service, false)).toMatchObject({ redriven: 2 });
    }
    expect(await rowsOf(confirmed, cancelled)).toEqual(before);
    expect((await audit(world)).deadLetters).toBe(0);
  });

  // Fails where a message that fails is acknowledged all the same: nothing is left to redrive.
  test('of what gave up while the provider was down lets the saga go on', async () => {
    await providerIs(world, { outage: 'refuse' });
    const orderId = await alice.place(mug);
    const isDeadLetter = async () => {
      const { items } = await world.operator.expect(200, 'GET', '/dead-letters/payment');
      return items.some((item: { orderId: string }) => item.orderId === orderId);
    };
    // Every attempt takes the provider's client some seconds to give up, and a given system may make seven.
    await until('it is a dead letter', isDeadLetter, 45_000);
    await providerIs(world, { outage: 'none' });
    expect(await redrive('payment', true)).toMatchObject({
      // Nothing is written yet: without the provider there is no payment intent.
      items: [{ orderId, would: 'resume', status: 'none' }],
    });
    await until('it is counted', () => counts('payment', 1));
    expect(await redrive('payment', false)).toMatchObject({ redriven: 1 });
    await until('there is none any more', () => counts('payment', 0));
    expect(await alice.until(orderId)).toMatchObject({ status: 'CONFIRMED' });
    expect((await audit(world)).violations).toEqual([]);
  });

  // Fails without `mandatory`: the broker confirms what no queue takes, and nobody sees it.
  test('of an event that no queue took: a dead letter with that reason, and the saga goes on once it is routed', async () => {
    const connection = await amqp.connect(world.system.urls.rabbitmq, { noDelay: true });
    const channel = await connection.createChannel();
    await channel.unbindQueue('payment', 'saga.events', 'stock.reserved');
    const orderId = await alice.place(mug);
    const deadLetters = await until('it is a dead letter', async () => {
      const { items } = await world.operator.expect(200, 'GET', '/dead-letters/inventory');
      return items.find((item: { orderId: string }) => item.orderId === orderId);
    });
    expect(deadLetters.lastError).toContain('no queue takes stock.reserved from saga.events');
    await channel.bindQueue('payment', 'saga.events', 'stock.reserved');
    await connection.close();
    expect(await redrive('inventory', false)).toMatchObject({ redriven: 1, items: [{ would: 'repeat' }] });
    expect(await alice.until(orderId)).toMatchObject({ status: 'CONFIRMED' });
    expect((await audit(world)).violations).toEqual([]);
  });
});
