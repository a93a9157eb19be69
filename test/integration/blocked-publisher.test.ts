import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import amqp, { type Channel, type ChannelModel } from 'amqplib';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { OutgoingMessage } from '../../engine/batch/messages.ts';
import { BrokerBlockedError } from '../../engine/batch/publish-error.ts';
import { HASTY, RabbitPublisher } from '../../engine/rabbitmq/publisher.ts';
import { freePorts } from '../../infra/local/ports.ts';
import { type System, startSystem } from '../../infra/local/system.ts';
import { endAlarm, endAlarmWhileFrozen, raiseAlarm } from '../support/broker-alarm.ts';
import type { PrivateNode } from '../support/broker-control.ts';
import { startProxy, type TcpProxy } from '../support/proxy.ts';

/**
 * Goal: a broker short of memory or disk costs a publisher neither its connection nor a message, and costs its caller no
 * time. Method: a real broker, whose alarm is raised, behind a proxy that counts connections.
 */
let system: System;
let node: PrivateNode;
let admin: ChannelModel;
let channel: Channel;
let proxy: TcpProxy;
let address: string;
let publisher: RabbitPublisher;
const queue = 'blocked-publisher-test';

beforeAll(async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'order-saga-'));
  const ports = await freePorts();
  node = { dataDir, rabbitmqDistPort: ports.rabbitmqDist };
  system = await startSystem({ dataDir, ports, withApi: false });
  // It publishes nothing, so no alarm blocks it.
  admin = await amqp.connect(system.urls.rabbitmq);
  channel = await admin.createChannel();
  await channel.assertQueue(queue, { durable: true, arguments: { 'x-queue-type': 'quorum' } });
});
afterAll(async () => {
  await admin?.close();
  await system?.stop();
  rmSync(node.dataDir, { recursive: true, force: true });
});

beforeEach(async () => {
  await channel.purgeQueue(queue);
  const url = new URL(system.urls.rabbitmq);
  proxy = await startProxy({ host: url.hostname, port: Number(url.port) });
  url.port = String(proxy.port);
  address = url.href;
  publisher = publisherAt(address);
});
afterEach(async () => {
  await endAlarm(node, 'memory');
  await proxy.end();
});

const publisherAt = (url: string): RabbitPublisher =>
  new RabbitPublisher({ url: () => Promise.resolve(url), name: 'blocked', patience: HASTY });

const message = (change: Partial<OutgoingMessage> = {}): OutgoingMessage => ({
  exchange: '',
  routingKey: queue,
  body: 'hello',
  messageId: randomUUID(),
  type: 'test',
  mandatory: true,
  contentType: 'text/plain',
  ...change,
});

async function received(): Promise<string[]> {
  const ids: string[] = [];
  for (;;) {
    const got = await channel.get(queue, { noAck: true });
    if (got === false) return ids;
    ids.push(got.properties.messageId);
  }
}

/** How long it takes to be refused, in milliseconds. */
async function refusedAfter(publishing: Promise<unknown>): Promise<number> {
  const begin = performance.now();
  await expect(publishing).rejects.toThrow(BrokerBlockedError);
  return performance.now() - begin;
}

const SOON_MS = 500;

describe('a publisher, while the broker is short of', () => {
  // Fails where a blocked connection is taken for a dead one: each message then costs two more, until none is left.
  test.each(['memory', 'disk'] as const)(
    '%s, keeps its connection, fails at once, and goes on over it',
    async (shortage) => {
      await publisher.publish(message());
      await raiseAlarm(node, shortage);
      try {
        const underWay = ['a', 'b', 'c'];
        const first = underWay.map((messageId) => refusedAfter(publisher.publish(message({ messageId }))));
        const longest = Math.max(...(await Promise.all(first)));
        expect(longest).toBeLessThan(HASTY.confirmTimeoutMs + SOON_MS);
        for (let sent = 0; sent < 24; sent += 1) {
          expect(await refusedAfter(publisher.publish(message()))).toBeLessThan(SOON_MS);
        }
        expect(await refusedAfter(publisher.channel())).toBeLessThan(SOON_MS);
        expect(proxy.opened()).toBe(1);
      } finally {
        await endAlarm(node, shortage);
      }
      await publisher.publish(message({ messageId: 'd' }));
      expect(proxy.opened()).toBe(1);
      const got = await received();
      // What was under way has arrived late, once each; what was refused at once has not been sent.
      expect(got.slice(1).toSorted()).toEqual(['a', 'b', 'c', 'd']);
    },
  );

  test('memory, at its very first message, opens one connection and no other', async () => {
    await raiseAlarm(node, 'memory');
    expect(await refusedAfter(publisher.publish(message()))).toBeLessThan(
      HASTY.confirmTimeoutMs + HASTY.connectTimeoutMs,
    );
    for (let sent = 0; sent < 12; sent += 1) await refusedAfter(publisher.publish(message()));
    expect(proxy.opened()).toBe(1);
    await endAlarm(node, 'memory');
    await publisher.publish(message());
    expect(proxy.opened()).toBe(1);
  });

  // Fails where what was given up is forgotten: its return is then charged to the next message of that id.
  test('memory, hears late that a message reached nobody, and does not hold it against the next one', async () => {
    const late = message({ routingKey: 'blocked-publisher-late', messageId: 'late' });
    await publisher.publish(message());
    await raiseAlarm(node, 'memory');
    await refusedAfter(publisher.publish(late));
    await endAlarm(node, 'memory');
    await publisher.publish(message());
    await channel.assertQueue(late.routingKey, { durable: true, arguments: { 'x-queue-type': 'quorum' } });
    await publisher.publish(late);
    expect((await channel.deleteQueue(late.routingKey)).messageCount).toBe(1);
  });

  // Fails where the message is sent to the blocked connection's queue or refused on old news: the alarm ended meanwhile.
  test('memory, takes the end of the alarm from its socket when it was frozen meanwhile', async () => {
    const direct = publisherAt(system.urls.rabbitmq);
    await direct.publish(message());
    await raiseAlarm(node, 'memory');
    await refusedAfter(direct.publish(message()));
    endAlarmWhileFrozen(node, 'memory');
    await direct.publish(message());
  });

  test('memory, can be read from over a connection that has published nothing', async () => {
    await publisher.publish(message());
    await raiseAlarm(node, 'memory');
    await refusedAfter(publisher.publish(message()));
    const reading = await publisherAt(address).channel();
    expect((await reading.checkQueue(queue)).messageCount).toBe(1);
    await reading.close();
  });
});
