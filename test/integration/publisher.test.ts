import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import amqp, { type Channel, type ChannelModel } from 'amqplib';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { OutgoingMessage } from '../../engine/batch/messages.ts';
import { PublishError, UnroutableError } from '../../engine/batch/publish-error.ts';
import { HASTY, RabbitPublisher } from '../../engine/rabbitmq/publisher.ts';
import { MAX_MESSAGE_BYTES } from '../../infra/broker/message-size.ts';
import { freePorts } from '../../infra/local/ports.ts';
import { type System, startSystem } from '../../infra/local/system.ts';
import { startProxy, type TcpProxy } from '../support/proxy.ts';
import { until } from '../support/saga/until.ts';

/**
 * Goal: a publisher never loses a message and never hangs, whatever happens to its connection between two
 * invocations. Method: a real broker behind a proxy that cuts and freezes connections.
 */
let system: System;
let dataDir: string;
let admin: ChannelModel;
let channel: Channel;
let proxy: TcpProxy;
let publisher: RabbitPublisher;
const queue = 'publisher-test';

beforeAll(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'order-saga-'));
  system = await startSystem({ dataDir, ports: await freePorts(), withApi: false });
  admin = await amqp.connect(system.urls.rabbitmq);
  channel = await admin.createChannel();
  await channel.assertQueue(queue, { durable: true, arguments: { 'x-queue-type': 'quorum' } });
});
afterAll(async () => {
  await admin?.close();
  await system?.stop();
  rmSync(dataDir, { recursive: true, force: true });
});

beforeEach(async () => {
  await channel.purgeQueue(queue);
  const url = new URL(system.urls.rabbitmq);
  proxy = await startProxy({ host: url.hostname, port: Number(url.port) });
  url.port = String(proxy.port);
  publisher = new RabbitPublisher({ url: () => Promise.resolve(url.href), name: 'test', patience: HASTY });
});
afterEach(() => proxy.end());

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
  for (
    let got = await channel.get(queue, { noAck: true });
    got;
    got = await channel.get(queue, { noAck: true })
  ) {
    ids.push(got.properties.messageId);
  }
  return ids;
}

describe('the publisher', () => {
  test('confirms many at once over one connection, with the properties that consumers and operators need', async () => {
    await Promise.all(Array.from({ length: 500 }, () => publisher.publish(message())));
    expect(proxy.opened()).toBe(1);
    expect(await channel.get(queue, { noAck: true })).toMatchObject({
      properties: { deliveryMode: 2, type: 'test', contentType: 'text/plain' },
    });
    expect(await received()).toHaveLength(499);
  });

  // Fails without `mandatory`: the broker confirms what it has thrown away.
  test('a mandatory message that no queue takes is an error, and the others are not held up', async () => {
    const results = await Promise.allSettled([
      publisher.publish(message()),
      publisher.publish(message({ routingKey: 'nobody' })),
      publisher.publish(message({ exchange: 'saga.events', routingKey: 'nobody' })),
      publisher.publish(message({ routingKey: 'nobody', mandatory: false })),
      publisher.publish(message()),
    ]);
    expect(results.map(({ status }) => status)).toEqual([
      'fulfilled',
      'rejected',
      'rejected',
      'fulfilled',
      'fulfilled',
    ]);
    expect(results[1]).toMatchObject({ reason: expect.any(UnroutableError) });
    expect(await received()).toHaveLength(2);
  });

  // Fails where the channel is kept: RabbitMQ may go on refusing it when there is room again.
  test('a message that a full queue refuses is an error, and what comes after it takes another channel', async () => {
    const full = 'publisher-test-full';
    const bounds = { 'x-queue-type': 'quorum', 'x-max-length': 1, 'x-overflow': 'reject-publish' };
    await channel.assertQueue(full, { durable: true, arguments: bounds });
    const fill = async () => {
      for (let sent = 0; sent < 20; sent += 1) await publisher.publish(message({ routingKey: full }));
    };
    await expect(fill()).rejects.toThrow(PublishError);
    expect(proxy.opened()).toBe(1);
    await Promise.all([publisher.publish(message()), publisher.publish(message())]);
    expect(proxy.opened()).toBe(2);
    expect(await received()).toHaveLength(2);
    await channel.deleteQueue(full);
  });

  // Fails where the connection is made once: every later invocation of the environment is lost.
  test('a connection closed between two invocations is replaced, and nothing is lost', async () => {
    await publisher.publish(message());
    proxy.cut();
    const ids = Array.from({ length: 50 }, () => randomUUID());
    await Promise.all(ids.map((messageId) => publisher.publish(message({ messageId }))));
    const got = new Set(await received());
    expect(ids.filter((id) => !got.has(id))).toEqual([]);
    expect(proxy.opened()).toBe(2);
  });

  // Fails where a confirm is awaited without limit: the invocation hangs until Lambda ends it.
  test('a frozen connection is noticed, replaced within the limit, and its messages are published again', async () => {
    await publisher.publish(message());
    proxy.freeze();
    const begin = performance.now();
    const ids = Array.from({ length: 50 }, () => randomUUID());
    await Promise.all(ids.map((messageId) => publisher.publish(message({ messageId }))));
    expect(performance.now() - begin).toBeLessThan(2 * HASTY.confirmTimeoutMs);
    const got = new Set(await received());
    expect(ids.filter((id) => !got.has(id))).toEqual([]);
  });

  // Fails where what was not confirmed is not published again: the caller gets the error of a lost connection.
  test('a connection cut in the middle of many publishes loses none', async () => {
    const ids = Array.from({ length: 2_000 }, () => randomUUID());
    const publishing = Promise.all(ids.map((messageId) => publisher.publish(message({ messageId }))));
    setTimeout(() => proxy.cut(), 30);
    await publishing;
    const got = new Set(await received());
    expect(ids.filter((id) => !got.has(id))).toEqual([]);
  });

  // Fails where a failed attempt to connect is kept like a connection: the publisher never tries again.
  test('a broker that is not there is an error soon, and the next publish after it is back succeeds', async () => {
    let url = new URL(system.urls.rabbitmq);
    url.port = String(proxy.port);
    publisher = new RabbitPublisher({ url: () => Promise.resolve(url.href), name: 'test', patience: HASTY });
    await proxy.end();
    await expect(publisher.publish(message())).rejects.toThrow(PublishError);
    url = new URL(system.urls.rabbitmq);
    await publisher.publish(message());
    expect(await received()).toHaveLength(1);
  });

  // Fails where a replaced connection is only forgotten: it comes back to life and stays open beside the new one.
  // Fails where only time makes a password old: nobody publishes for a minute after it was changed.
  test('a refused login is tried again at once, with the password as it is by then', async () => {
    const right = new URL(system.urls.rabbitmq);
    const wrong = new URL(right);
    wrong.password = 'of yesterday';
    const asked: string[] = [];
    let known = wrong;
    const changed = new RabbitPublisher({
      url: async () => {
        asked.push(known.password);
        return known.href;
      },
      name: 'changed',
      patience: HASTY,
      onRefused: () => {
        known = right;
      },
    });
    await changed.publish(message());
    expect(asked).toEqual([wrong.password, right.password]);
    expect(await received()).toHaveLength(1);
  });

  test('replaced connections are closed: one is left, however often it is replaced', async () => {
    for (let round = 0; round < 3; round += 1) {
      await publisher.publish(message());
      proxy.freeze();
    }
    await publisher.publish(message());
    expect(proxy.opened()).toBe(4);
    proxy.thaw();
    await until('one connection is left', () => proxy.open() === 1);
  });

  // Fails where only an open channel is watched: an error without a listener ends the process.
  test.each(['cut', 'freeze'] as const)(
    'a connection that is %s while its channel opens is an error soon',
    async (fate) => {
      const broker = new URL(system.urls.rabbitmq);
      // Class 20, method 10. https://www.rabbitmq.com/amqp-0-9-1-reference#channel.open
      const channelOpen = Buffer.from([0x00, 0x14, 0x00, 0x0a]);
      const between = await startProxy(
        { host: broker.hostname, port: Number(broker.port) },
        (sent, connection) => {
          if (sent.includes(channelOpen)) connection[fate]();
        },
      );
      broker.port = String(between.port);
      const unlucky = new RabbitPublisher({ url: async () => broker.href, name: 'test', patience: HASTY });
      const begin = performance.now();
      await expect(unlucky.publish(message())).rejects.toThrow(PublishError);
      expect(performance.now() - begin).toBeLessThan((HASTY.offers + 1) * HASTY.connectTimeoutMs);
      await between.end();
    },
  );

  // Fails where one error closes the channel for all: the neighbours are given up with the culprit.
  test('a message to an exchange that is not there fails alone', async () => {
    const results = await Promise.allSettled([
      publisher.publish(message()),
      publisher.publish(message({ exchange: 'saga.nowhere' })),
      publisher.publish(message()),
    ]);
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(results[1]).toMatchObject({ reason: expect.any(UnroutableError) });
    expect((await received()).length).toBeGreaterThanOrEqual(2);
  });

  // Fails where it is sent again over another connection, and where its neighbours are given up with it. And where the
  // broker takes it: Lambda's event source mapping would drop it.
  test('a message that no event could hold is refused by the broker, fails alone, and is not sent again', async () => {
    const results = await Promise.allSettled([
      publisher.publish(message()),
      publisher.publish(message({ body: Buffer.alloc(MAX_MESSAGE_BYTES + 1), messageId: 'large' })),
      publisher.publish(message()),
      publisher.publish(message({ body: Buffer.alloc(MAX_MESSAGE_BYTES), messageId: 'largest' })),
    ]);
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled', 'fulfilled']);
    const refusal = `the broker takes no message of ${MAX_MESSAGE_BYTES + 1} bytes: large`;
    expect(results[1]).toMatchObject({ reason: new PublishError(refusal) });
    expect(proxy.opened()).toBe(2);
    expect(await received()).toContain('largest');
  });

  // Fails where each message begins the wait anew: a connection that takes all and confirms none is kept as long as
  // somebody publishes.
  test('a frozen connection is noticed in time although messages go on being sent over it', async () => {
    await publisher.publish(message());
    proxy.freeze();
    const begin = performance.now();
    let isOver = false;
    const first = publisher.publish(message()).finally(() => {
      isOver = true;
    });
    const others: Promise<void>[] = [];
    while (!isOver && performance.now() - begin < 10_000) {
      others.push(publisher.publish(message()));
      await delay(200);
    }
    await Promise.all([first, ...others]);
    expect(performance.now() - begin).toBeLessThan(2 * HASTY.confirmTimeoutMs);
  });

  // Fails where only what comes after the address is bounded: a secret that is not answered holds the function for ever.
  test('an address that does not come is a broker that cannot be reached', async () => {
    const mute = new RabbitPublisher({ url: () => new Promise(() => {}), name: 'mute', patience: HASTY });
    const begin = performance.now();
    await expect(mute.publish(message())).rejects.toThrow(PublishError);
    expect(performance.now() - begin).toBeLessThan(HASTY.offers * HASTY.connectTimeoutMs + 1_000);
  });

  test('opens a channel for something else after its connection was frozen', async () => {
    await publisher.publish(message());
    proxy.freeze();
    const other = await publisher.channel();
    expect((await other.checkQueue(queue)).queue).toBe(queue);
    await other.close();
  });
});
