import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import amqp, { type Channel, type ChannelModel } from 'amqplib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { PublishError } from '../../engine/batch/publish-error.ts';
import { HASTY, RabbitPublisher } from '../../engine/rabbitmq/publisher.ts';
import { parseRetryDelays, retryExchangeOf } from '../../engine/saga/routes.ts';
import { freePorts } from '../../infra/local/ports.ts';
import { type System, startSystem } from '../../infra/local/system.ts';
import { type PrivateNode, rabbitmqctl } from '../support/broker-control.ts';
import { until } from '../support/saga/until.ts';

/**
 * Goal: a limit that an operator, or Amazon MQ by default, puts on all queues loses nothing. Method: a real broker with
 * the product's topology and such a policy, and no participants.
 */
let system: System;
let node: PrivateNode;
let connection: ChannelModel;
let channel: Channel;
let publisher: RabbitPublisher;
/** Longer than it takes to set a policy. */
const [delay] = parseRetryDelays('3s');

beforeAll(async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'order-saga-'));
  const ports = await freePorts();
  node = { dataDir, rabbitmqDistPort: ports.rabbitmqDist };
  const environment = { RETRY_DELAYS: '3s' };
  system = await startSystem({ dataDir, ports, withApi: false, environment });
  connection = await amqp.connect(system.urls.rabbitmq);
  channel = await connection.createChannel();
  const url = () => Promise.resolve(system.urls.rabbitmq);
  publisher = new RabbitPublisher({ url, name: 'full queues', patience: HASTY });
});
afterAll(async () => {
  await connection?.close();
  await system?.stop();
  rmSync(node.dataDir, { recursive: true, force: true });
});

/** As Amazon MQ's default policy for a cluster, with another number. */
const limitQueuesTo = (messages: number) =>
  rabbitmqctl(
    node,
    'set_policy',
    'default',
    '.*',
    JSON.stringify({ 'max-length': messages }),
    '--priority',
    '1',
  );

/** Publishes one after another. Returns the ids that the broker has confirmed. */
async function confirmedOf(count: number, exchange: string, routingKey: string): Promise<readonly string[]> {
  const confirmed: string[] = [];
  for (let sent = 0; sent < count; sent += 1) {
    const messageId = randomUUID();
    const message = { exchange, routingKey, messageId, body: 'x', type: 'test', contentType: 'text/plain' };
    try {
      await publisher.publish({ ...message, mandatory: true });
      confirmed.push(messageId);
    } catch (error) {
      expect(error).toBeInstanceOf(PublishError);
    }
  }
  return confirmed;
}

async function idsIn(queue: string): Promise<readonly string[]> {
  const ids: string[] = [];
  for (;;) {
    const got = await channel.get(queue, { noAck: true });
    if (got === false) return ids;
    ids.push(got.properties.messageId);
  }
}

const LIMIT = 5;
const MESSAGES = 12;

describe('where every queue may hold five messages', () => {
  // Fails without `x-overflow`: all are confirmed, and the oldest are gone.
  test.each([
    ['dead letters', 'inventory.dead', 'inventory.dead', 'inventory.dead'],
    ['events', 'saga.events', 'order.placed', 'inventory'],
  ])('%s that were confirmed are all there, and the others were refused', async (_, exchange, key, queue) => {
    await limitQueuesTo(LIMIT);
    const confirmed = await confirmedOf(MESSAGES, exchange, key);
    expect(confirmed.length).toBeGreaterThanOrEqual(LIMIT);
    expect(confirmed.length).toBeLessThan(MESSAGES);
    expect(await idsIn(queue)).toEqual(confirmed);
  });

  test('messages that a delay queue cannot give back wait in it, and come once there is room', async () => {
    if (delay === undefined) throw new Error('no delay');
    await limitQueuesTo(1_000);
    const filler = await confirmedOf(MESSAGES, 'saga.events', 'order.placed');
    const delayed = await confirmedOf(MESSAGES, retryExchangeOf('inventory', delay), 'inventory');
    expect(delayed).toHaveLength(MESSAGES);
    await limitQueuesTo(LIMIT);
    await pause(2 * delay.delayMs);
    // Refused as long as the queue is full: nothing was dropped for them.
    expect((await channel.checkQueue('inventory')).messageCount).toBe(MESSAGES);
    const got = [...(await idsIn('inventory'))];
    expect(got.slice(0, MESSAGES)).toEqual(filler);
    await limitQueuesTo(1_000);
    const areAllBack = async () => {
      got.push(...(await idsIn('inventory')));
      return delayed.every((id) => got.includes(id));
    };
    await until('all are back', areAllBack, 50_000);
  });
});
