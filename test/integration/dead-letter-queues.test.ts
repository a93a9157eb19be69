import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import amqp from 'amqplib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { RabbitDeadLetterQueues } from '../../engine/dead-letters/dead-letter-queues.ts';
import { PATIENT, RabbitPublisher } from '../../engine/rabbitmq/publisher.ts';
import { deadQueueOf, parseRetryDelays } from '../../engine/saga/routes.ts';
import { shop } from '../../functions/shop.ts';
import { topologyOf } from '../../infra/broker/topology.ts';
import { freePorts } from '../../infra/local/ports.ts';
import type { Part } from '../../infra/local/processes/part.ts';
import { findBroker } from '../../infra/local/rabbitmq/broker.ts';

/**
 * Goal: what is a dead letter survives being looked at, its neighbours being redriven, and the broker being killed after
 * that. Method: a broker of its own; two visitors at once, while messages come in of which some stay and some go.
 * Reading them with basic.get fails it: RabbitMQ 3.10.8 then loses about half of what stays at each kill.
 */
const dataDir = mkdtempSync(join(tmpdir(), 'order-saga-dead-letter-queues-'));
const queue = deadQueueOf('payment');
const visitors = 2;
const loadMs = 4_000;
/** Of what stays, between two kills: all of it and some that go fit into one visit, however fast the machine is. */
const MAX_STAYING = 400;
let broker: Part;
let url: string;
let publisher: RabbitPublisher;
let deadLetterQueues: RabbitDeadLetterQueues;

beforeAll(async () => {
  ({ part: broker, url } = await findBroker({
    environment: { ...process.env, RABBITMQ_URL: undefined },
    dataDir,
    ports: await freePorts(),
    report: console.log,
  }));
  await broker.start();
  const args = topologyOf(shop, parseRetryDelays('1s')).queues.find(({ name }) => name === queue)?.arguments;
  await onChannel((channel) => channel.assertQueue(queue, { durable: true, arguments: { ...args } }));
  publisher = new RabbitPublisher({ url: () => Promise.resolve(url), name: 'visitors', patience: PATIENT });
  deadLetterQueues = new RabbitDeadLetterQueues(publisher, (service) => service);
});
afterAll(async () => {
  await broker?.stop();
  rmSync(dataDir, { recursive: true, force: true });
});

async function onChannel<T>(work: (channel: amqp.ConfirmChannel) => Promise<T>): Promise<T> {
  const connection = await amqp.connect(url, { noDelay: true });
  try {
    return await work(await connection.createConfirmChannel());
  } finally {
    await connection.close();
  }
}

let sent = 0;
/** One that stays behind some that go. */
const deadLetter = () =>
  onChannel(async (channel) => {
    for (let goes = 0; goes < 10; goes += 1) {
      channel.sendToQueue(queue, Buffer.from('goes'), {
        persistent: true,
        messageId: `goes-${sent}-${goes}`,
      });
    }
    channel.sendToQueue(queue, Buffer.from('stays'), { persistent: true, messageId: `stays-${sent}` });
    await channel.waitForConfirms();
    sent += 1;
  });

/** Removes what goes, and answers what stays. */
const visit = () =>
  deadLetterQueues.visit('payment', { limit: 2_000, maxBytes: 1_000_000 }, async ({ deadLetters }) => {
    for (const { delivery, remove } of deadLetters) if (delivery.messageId.startsWith('goes')) remove();
    return deadLetters.map(({ delivery }) => delivery.messageId).filter((id) => id.startsWith('stays'));
  });

test('what is a dead letter outlives visits and two kills of the broker', async () => {
  for (let kills = 0; kills < 2; kills += 1) {
    const end = performance.now() + loadMs;
    const again = async (act: () => Promise<unknown>) => {
      while (performance.now() < end) await act();
    };
    const most = sent + MAX_STAYING;
    const deadLetterAtMost = async () => (sent < most ? await deadLetter() : await pause(10));
    await Promise.all([again(deadLetterAtMost), ...Array.from({ length: visitors }, () => again(visit))]);
    await broker.kill();
    await broker.start();
    const all = Array.from({ length: sent }, (_, index) => `stays-${index}`);
    // The broker gives back what visitors held, a moment after it is there again.
    await expect.poll(async () => (await visit()).toSorted(), { timeout: 30_000 }).toEqual(all.toSorted());
  }
  expect(sent).toBeGreaterThan(20);
}, 90_000);
