import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import amqp, { type ChannelModel, type ConfirmChannel } from 'amqplib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Store } from '../../engine/batch/store.ts';
import { consume } from '../../engine/consumer/consume.ts';
import type { RabbitMqEvent } from '../../engine/consumer/rabbitmq-event.ts';
import { PATIENT, RabbitPublisher } from '../../engine/rabbitmq/publisher.ts';
import { CONTENT_TYPE, seal } from '../../engine/saga/envelope.ts';
import { parseRetryDelays } from '../../engine/saga/routes.ts';
import { inventory } from '../../functions/inventory/inventory.ts';
import { reservations } from '../../functions/inventory/table.ts';
import { shop } from '../../functions/shop.ts';
import { freePorts } from '../../infra/local/ports.ts';
import { type System, startSystem } from '../../infra/local/system.ts';
import { placed, recordOf, scene, stock } from '../support/engine-runs.ts';
import { functionOf, startMapping } from '../support/event-source/in-process.ts';
import { orderIdOf } from '../support/facts.ts';
import { until } from '../support/saga/until.ts';

/**
 * Goal: one message that ends its function each time costs one message, whatever RabbitMQ counts. Method: a real broker,
 * event source and consumer; whoever is to write the record of one order is dead from then on, and a new environment begins.
 */
// Long enough for what was put aside to come back one by one.
const RETRY_DELAYS = '500ms,2s,5s';
const delays = parseRetryDelays(RETRY_DELAYS);
const KILLER = 11;
let system: System;
let dataDir: string;
let connection: ChannelModel;
let channel: ConfirmChannel;

beforeAll(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'order-saga-'));
  system = await startSystem({
    dataDir,
    ports: await freePorts(),
    withApi: false,
    environment: { RETRY_DELAYS },
  });
  connection = await amqp.connect(system.urls.rabbitmq);
  channel = await connection.createConfirmChannel();
});
afterAll(async () => {
  await connection?.close();
  await system?.stop();
  rmSync(dataDir, { recursive: true, force: true });
});

/** Dies when it is to write the killer's record. */
const mortal = (store: Store, die: (why: Error) => void): Store => ({
  read: (...about) => store.read(...about),
  query: (...about) => store.query(...about),
  write: (writes) => {
    const record = `"pk":"${reservations.key(orderIdOf(KILLER))}"`;
    if (!JSON.stringify(writes).includes(record)) return store.write(writes);
    die(new Error('killed'));
    return new Promise(() => {});
  },
});

// Fails where the broker's delivery limit is the only defence: the whole batch becomes dead letters, or comes for ever.
test('a message that ends its function each time is a dead letter at last, and the rest of its batch is handled', async () => {
  const url = system.urls.rabbitmq;
  const publisher = new RabbitPublisher({ url: async () => url, name: 'killed', patience: PATIENT });
  const here = scene([stock('mug', 100)]);
  const user = new URL(url).username;
  const lambda = functionOf(async ({ queue = '', records }) => {
    const death = Promise.withResolvers<never>();
    const edges = { ...here.edges, publisher, store: mortal(here.store, death.reject), userOf: () => user };
    const event = { eventSource: 'aws:rmq', eventSourceArn: '', rmqMessagesByQueue: { [queue]: records } };
    const handle = consume(inventory, edges, delays);
    await Promise.race([handle(event as unknown as RabbitMqEvent), death.promise]);
  });
  for (let order = 1; order <= KILLER; order += 1) {
    const { sagaId, input } = placed(order);
    const body = JSON.stringify(seal(shop, input, { sagaId, nowMs: here.edges.now() }));
    channel.sendToQueue('inventory', Buffer.from(body), {
      messageId: `${sagaId}:${input.type}`,
      contentType: CONTENT_TYPE,
      userId: user,
      persistent: true,
    });
  }
  await channel.waitForConfirms();
  const { eventSource } = startMapping(url, 'participate', { queue: 'inventory' }, lambda);
  const deadLetter = await until(
    'it is a dead letter',
    () => channel.get('inventory.dead', { noAck: true }),
    50_000,
  );
  const others = Array.from({ length: KILLER - 1 }, (_, order) => order + 1);
  await until('the others are handled', () =>
    others.every((order) => recordOf(here, order)?.status === 'RESERVED'),
  );
  await eventSource.stop();
  expect(deadLetter.properties).toMatchObject({
    messageId: `${orderIdOf(KILLER)}:order.placed`,
    headers: {
      'saga-dead-reason': 'gave up after 4 attempts',
      'saga-error': 'CameTooOften: it came 5 times and was never settled',
    },
  });
  expect(await channel.get('inventory.dead')).toBe(false);
  expect((await channel.checkQueue('inventory')).messageCount).toBe(0);
});
