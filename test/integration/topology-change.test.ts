import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import amqp, { type ChannelModel, type ConfirmChannel } from 'amqplib';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import * as z from 'zod';
import { defineSaga } from '../../engine/saga/define-saga.ts';
import { v1 } from '../../engine/saga/event-definition.ts';
import { CallerId } from '../../engine/saga/ids.ts';
import { parseQueueShards } from '../../engine/saga/queue-shards.ts';
import { parseRetryDelays } from '../../engine/saga/routes.ts';
import type { Saga } from '../../engine/saga/saga.ts';
import { SLOT_HEADER } from '../../engine/saga/slots.ts';
import { applyTopology } from '../../infra/broker/apply.ts';
import { memorable } from '../../infra/broker/memory.ts';
import { queuesOf } from '../../infra/broker/shards.ts';
import { type Topology, topologyOf } from '../../infra/broker/topology.ts';
import { freePorts } from '../../infra/local/ports.ts';
import type { Part } from '../../infra/local/processes/part.ts';
import { findBroker } from '../../infra/local/rabbitmq/broker.ts';
import { tripDeclaration, tripWithMail } from '../support/declared-sagas.ts';

/**
 * Goal: after a declaration has changed, no queue gets what its service no longer consumes, and nothing that has to be
 * heard is ever unroutable. Method: a real broker, two declarations of one saga, and no participants.
 */
const { flight: _, ...others } = tripDeclaration.participants;
const {
  'flight.booked': _booked,
  'flight.refused': _refused,
  'flight.cancelled': _cancelled,
  ...events
} = tripDeclaration.events;

/** Nobody flies any more, the car waits for the hotel, and congratulation has become condolence. */
const changed = defineSaga({
  ...tripDeclaration,
  completes: ['hotel.booked', 'car.booked'],
  events: { ...events, 'hotel.booked': v1(z.object({ travellerId: CallerId, room: z.string() })) },
  participants: {
    ...others,
    car: { ...others.car, consumes: ['hotel.booked'] },
    congratulation: { consumes: ['trip.cancelled'], says: {} },
  },
});
const services = tripWithMail.services;

let dataDir: string;
let part: Part;
let url: string;
let connection: ChannelModel;
let channel: ConfirmChannel;
let unroutable: string[];

beforeAll(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'order-saga-'));
  const options = { environment: process.env, dataDir, ports: await freePorts(), report: () => {} };
  ({ part, url } = await findBroker(options));
  await part.start();
  connection = await amqp.connect(url, { noDelay: true });
  connection.on('error', () => {});
  channel = await connection.createConfirmChannel();
  channel.on('return', ({ fields }) => unroutable.push(fields.routingKey));
});
afterAll(async () => {
  await connection?.close();
  await part?.stop();
  rmSync(dataDir, { recursive: true, force: true });
});

const topologyFor = (saga: Saga, shards: string): Topology =>
  topologyOf(saga, parseRetryDelays('1s'), parseQueueShards(saga, shards));
const apply = (saga: Saga, shards = '') => applyTopology(url, topologyFor(saga, shards));

/** A broker that has never seen a topology. */
beforeEach(async () => {
  unroutable = [];
  for (const shards of ['', '4']) {
    const { queues, exchanges } = topologyFor(tripWithMail, shards);
    for (const { name } of queues) await channel.deleteQueue(name);
    for (const { name } of exchanges) await channel.deleteExchange(name);
  }
  await channel.deleteQueue('saga.topology');
});

async function publish(saga: Saga, type: string): Promise<void> {
  const exchange = saga.kindOf(type) === 'failure' ? 'saga.failures' : 'saga.events';
  const headers = { [SLOT_HEADER]: '3' };
  channel.publish(exchange, type, Buffer.from(type), { mandatory: true, headers });
  await channel.waitForConfirms();
}

/** What each service has in its queues, which are empty afterwards. */
async function received(shards: string): Promise<Readonly<Record<string, readonly string[]>>> {
  const counts = parseQueueShards(tripWithMail, shards);
  const found: Record<string, string[]> = {};
  for (const service of services) {
    found[service] = [];
    for (const queue of queuesOf(service, counts)) {
      for (;;) {
        const message = await channel.get(queue, { noAck: true });
        if (message === false) break;
        found[service].push(message.content.toString());
      }
    }
  }
  return found;
}

/** What the declaration says that each service hears. */
const declared = (saga: Saga, said: readonly string[]) =>
  Object.fromEntries(
    services.map((service) => [
      service,
      saga.services.includes(service)
        ? said.filter((type) =>
            saga.kindOf(type) === 'failure'
              ? saga.takesPart(service)
              : saga.subscriptionsOf(service).includes(type),
          )
        : [],
    ]),
  );

describe.each(['', '4'])('a changed declaration, with the shards %j', (shards) => {
  test('leaves no queue anything that its service does not consume any more', async () => {
    await apply(tripWithMail, shards);
    for (const saga of [changed, tripWithMail, changed]) {
      await apply(saga, shards);
      for (const type of saga.eventTypes) await publish(saga, type);
      expect(await received(shards)).toEqual(declared(saga, saga.eventTypes));
    }
    expect(declared(changed, changed.eventTypes)).toMatchObject({
      flight: [],
      car: ['hotel.booked', 'hotel.refused', 'car.refused', 'trip.cancelling'],
      congratulation: ['trip.cancelled'],
      condolence: [],
    });
  });

  test('makes nothing unroutable that has to be heard, not even for a moment', async () => {
    await apply(tripWithMail, shards);
    const heardInBoth = tripWithMail.eventTypes.filter(
      (type) => type in events && tripWithMail.isHeard(type) && changed.isHeard(type),
    );
    let isOver = false;
    const publishing = (async () => {
      let count = 0;
      for (; !isOver; count += heardInBoth.length) {
        for (const type of heardInBoth) await publish(changed, type);
      }
      return count;
    })();
    for (const saga of [changed, tripWithMail, changed, tripWithMail]) await apply(saga, shards);
    isOver = true;
    expect(await publishing).toBeGreaterThan(100);
    expect(unroutable).toEqual([]);
  });

  // Fails where only what is remembered is unbound: what an earlier version of the code has bound stays.
  test('is put right on a broker that remembers nothing, as far as it knows the names', async () => {
    await apply(tripWithMail, shards);
    await channel.deleteQueue('saga.topology');
    await apply(changed, shards);
    await publish(changed, 'trip.requested');
    expect(await received(shards)).toMatchObject({ hotel: ['trip.requested'], car: [] });
  });

  // Fails where only the latest of what is remembered counts.
  test('that was applied by half is undone like one that was applied', async () => {
    await apply(tripWithMail, shards);
    const half = topologyFor(changed, shards);
    channel.sendToQueue('saga.topology', Buffer.from(JSON.stringify(memorable(half))));
    await channel.waitForConfirms();
    const { bindings, exchangeBindings } = memorable(half);
    for (const { queue, exchange, routingKey } of bindings) {
      await channel.bindQueue(queue, exchange, routingKey);
    }
    for (const { to, exchange, routingKey } of exchangeBindings) {
      await channel.bindExchange(to, exchange, routingKey);
    }
    await apply(tripWithMail, shards);
    await publish(tripWithMail, 'hotel.booked');
    expect(await received(shards)).toMatchObject({ trip: ['hotel.booked'], car: [] });
    expect((await channel.checkQueue('saga.topology')).messageCount).toBe(1);
  });
});

describe('the topology', () => {
  test('names the queues of who is not declared any more, until they are deleted', async () => {
    expect(await apply(tripWithMail)).toEqual([]);
    channel.sendToQueue('flight.dead', Buffer.from('a dead letter'));
    await channel.waitForConfirms();
    for (const _time of ['first', 'second']) {
      expect((await apply(changed)).toSorted()).toEqual([
        'The queue condolence belongs to no service any more: move or drop its 0 messages, and delete it.',
        'The queue condolence.dead belongs to no service any more: move or drop its 0 messages, and delete it.',
        'The queue flight belongs to no service any more: move or drop its 0 messages, and delete it.',
        'The queue flight.dead belongs to no service any more: move or drop its 1 messages, and delete it.',
      ]);
    }
    for (const queue of ['condolence', 'condolence.dead', 'flight', 'flight.dead'])
      await channel.deleteQueue(queue);
    expect(await apply(changed)).toEqual([]);
  });

  test('of another saga is refused in one sentence, and the first one’s is as it was', async () => {
    await apply(tripWithMail);
    const other = defineSaga({ ...changed, name: 'other-saga', completes: ['hotel.booked', 'car.booked'] });
    const refusal = 'the broker belongs to the saga trip-saga: give other-saga a broker of its own';
    for (const _time of ['first', 'second']) await expect(apply(other)).rejects.toThrow(new Error(refusal));
    for (const type of tripWithMail.eventTypes) await publish(tripWithMail, type);
    expect(await received('')).toEqual(declared(tripWithMail, tripWithMail.eventTypes));
    expect(await apply(tripWithMail)).toEqual([]);
  });

  test('that was remembered without its saga’s name is the next saga’s, which undoes what it has bound', async () => {
    await apply(tripWithMail);
    const remembered = await channel.get('saga.topology', { noAck: true });
    if (remembered === false) throw new Error('nothing is remembered');
    const { saga, ...nameless } = JSON.parse(remembered.content.toString());
    expect(saga).toBe('trip-saga');
    channel.sendToQueue('saga.topology', Buffer.from(JSON.stringify(nameless)));
    await channel.waitForConfirms();
    expect(await apply(changed)).toHaveLength(4);
    for (const type of changed.eventTypes) await publish(changed, type);
    expect(await received('')).toEqual(declared(changed, changed.eventTypes));
  });

  test('applied twice changes nothing', async () => {
    const state = async () => {
      for (const type of changed.eventTypes) await publish(changed, type);
      const memory = await channel.get('saga.topology');
      if (memory === false) throw new Error('nothing is remembered');
      channel.nack(memory);
      return { received: await received(''), memory: memory.content.toString() };
    };
    await apply(tripWithMail);
    await apply(changed);
    const once = await state();
    await apply(changed);
    expect(await state()).toEqual(once);
    expect((await channel.checkQueue('saga.topology')).messageCount).toBe(1);
  });
});
