import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import amqp, { type ChannelModel, type ConfirmChannel } from 'amqplib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseRetryDelays, retryExchangeOf, returnExchangeOf } from '../../engine/saga/routes.ts';
import { shop } from '../../functions/shop.ts';
import { applyTopology } from '../../infra/broker/apply.ts';
import { topologyOf } from '../../infra/broker/topology.ts';
import { freePorts } from '../../infra/local/ports.ts';
import { type System, startSystem } from '../../infra/local/system.ts';
import { until } from '../support/saga/until.ts';

/** Goal: the broker itself keeps what a participant can't settle. Method: a real broker, no participants. */
let system: System;
let dataDir: string;
let connection: ChannelModel;
let channel: ConfirmChannel;
const delays = parseRetryDelays('300ms,600ms');

beforeAll(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'order-saga-'));
  const environment = { RETRY_DELAYS: '300ms,600ms' };
  system = await startSystem({ dataDir, ports: await freePorts(), withApi: false, environment });
  connection = await amqp.connect(system.urls.rabbitmq);
  connection.on('error', () => {});
  channel = await connection.createConfirmChannel();
});
afterAll(async () => {
  await connection?.close();
  await system?.stop();
  rmSync(dataDir, { recursive: true, force: true });
});

describe('the topology', () => {
  test('is harmless to apply again, also with messages in the queues', async () => {
    channel.sendToQueue('order.dead', Buffer.from('kept'), { persistent: true });
    await channel.waitForConfirms();
    await applyTopology(system.urls.rabbitmq, topologyOf(shop, delays));
    expect((await channel.checkQueue('order.dead')).messageCount).toBe(1);
  });

  // Fails where queues are declared one after another: those before the refused one are changed already.
  test('refuses as a whole what exists with other arguments, says what to do, and has changed nothing', async () => {
    const topology = topologyOf(shop, delays);
    const [first, ...others] = topology.queues;
    if (first === undefined) throw new Error('no queue');
    const added = { ...first, name: 'shipping' };
    const changed = others.map((queue) => ({
      ...queue,
      arguments: { ...queue.arguments, 'x-max-length': 7 },
    }));
    const exchanges = topology.exchanges.map((exchange) => ({ ...exchange, type: 'fanout' as const }));
    const refused = applyTopology(system.urls.rabbitmq, {
      ...topology,
      exchanges,
      queues: [added, first, ...changed],
    });
    await expect(refused).rejects.toThrow('nothing was changed on the broker');
    const message = await refused.catch(({ message }: Error) => message);
    expect(message).toMatch(/exchange saga\.events: .*inequivalent arg 'type'/);
    for (const { name } of changed) {
      expect(message).toMatch(new RegExp(`queue ${name}: .*inequivalent arg 'x-max-length'`));
    }
    expect(message).not.toContain('queue order:');
    expect(message).toMatch(/delete it, and apply the topology again/);
    const other = await connection.createChannel();
    other.on('error', () => {});
    await expect(other.checkQueue('shipping')).rejects.toThrow('NOT_FOUND');
  });

  // Fails with a limit of 20, which RabbitMQ 4 has by default: during an alarm nothing can be settled.
  test('dead-letters nothing by itself, and keeps its place, however often it comes', async () => {
    for (const text of ['first', 'second'])
      channel.sendToQueue('inventory', Buffer.from(text), { persistent: true });
    await channel.waitForConfirms();
    for (let time = 0; time < 30; time += 1) {
      const message = await until('it is back', async () => channel.get('inventory'));
      expect(message.content.toString()).toBe('first');
      channel.reject(message, true);
    }
    await until('both are there', async () => (await channel.checkQueue('inventory')).messageCount === 2);
    expect((await channel.checkQueue('inventory.dead')).messageCount).toBe(0);
    await channel.purgeQueue('inventory');
  });

  test('brings a message back to the queue it came from after its delay, and never before half of it', async () => {
    for (const delay of delays) {
      const begin = performance.now();
      const expiration = delay.delayMs / 2;
      channel.publish(retryExchangeOf('payment', delay), 'payment', Buffer.from('later'), {
        persistent: true,
        expiration,
      });
      await channel.waitForConfirms();
      const back = await until('it is back', async () => channel.get('payment', { noAck: true }));
      expect(back.content.toString()).toBe('later');
      expect(performance.now() - begin).toBeGreaterThanOrEqual(expiration - 5);
    }
  });

  // Fails where the broker has three minutes' patience with what was refused: the whole delay queue stands still.
  test('gives back what a full queue had refused, and what came behind it, soon after there is room', async () => {
    const [delay] = delays;
    if (delay === undefined) throw new Error('no delay');
    const full = { 'x-queue-type': 'quorum', 'x-max-length': 1, 'x-overflow': 'reject-publish' };
    await channel.assertQueue('full', { durable: true, arguments: full });
    let isFull = false;
    while (!isFull) {
      channel.sendToQueue('full', Buffer.from('filler'));
      isFull = await channel.waitForConfirms().then(
        () => false,
        () => true,
      );
    }
    const many = Array.from({ length: 50 }, (_, index) => String(index));
    await channel.bindQueue('full', returnExchangeOf('payment'), 'full');
    for (const text of many) channel.publish(retryExchangeOf('payment', delay), 'full', Buffer.from(text));
    await channel.waitForConfirms();
    await new Promise((resolve) => setTimeout(resolve, 2 * delay.delayMs));
    const back = new Set<string>();
    await until(
      'all are back',
      async () => {
        const message = await channel.get('full', { noAck: true });
        if (message !== false) back.add(message.content.toString());
        return many.every((text) => back.has(text));
      },
      50_000,
    );
  });

  test('has no queue for outcomes, and publishing one is no error', async () => {
    const returned: unknown[] = [];
    channel.on('return', (message) => returned.push(message));
    channel.publish('saga.events', 'order.confirmed', Buffer.from('x'));
    await channel.waitForConfirms();
    expect(returned).toEqual([]);
  });
});
