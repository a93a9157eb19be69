import { setTimeout as delay } from 'node:timers/promises';
import amqp, { type GetMessage } from 'amqplib';
import type { OutgoingMessage } from '../../../engine/batch/messages.ts';
import { UnroutableError } from '../../../engine/batch/publish-error.ts';
import { returnsOf } from '../../../engine/consumer/rabbitmq-event.ts';
import { PATIENT, RabbitPublisher } from '../../../engine/rabbitmq/publisher.ts';
import { parseQueueShards } from '../../../engine/saga/queue-shards.ts';
import { parseRetryDelays } from '../../../engine/saga/routes.ts';
import { saga as trip } from '../../../examples/trip/saga.ts';
import { shop } from '../../../functions/shop.ts';
import { applyTopology } from '../../../infra/broker/apply.ts';
import { type Topology, topologyOf } from '../../../infra/broker/topology.ts';
import { Broker, type Message } from '../../simulation/world/broker.ts';
import { Clock } from '../../simulation/world/clock.ts';

/** A message taken from a queue, to be acknowledged or given back. */
export interface Taken {
  readonly body: string;
  readonly messageId: string;
  readonly type: string;
  readonly contentType: string;
  readonly userId: string;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly routingKey: string;
  /** How often the queue has delivered it before. */
  readonly returns: number;
}

export interface BrokerUnderTest {
  /** The publisher's user. */
  readonly user: string;
  /** @throws UnroutableError */
  publish(message: OutgoingMessage): Promise<void>;
  /** Takes at most so many ready messages, in the order of delivery. */
  take(queue: string, count: number): Promise<readonly Taken[]>;
  acknowledge(messages: readonly Taken[]): Promise<void>;
  /** Requeues the messages, as after a failed batch. */
  giveBack(queue: string, messages: readonly Taken[]): Promise<void>;
  wait(ms: number): Promise<void>;
  end(): Promise<void>;
}

const retryDelays = parseRetryDelays('1s,2s');
const shopTopology = topologyOf(shop, retryDelays);
/** Another saga, whose services have other names: with two queues, with four, and with one. */
export const shardedTopology = topologyOf(trip, retryDelays, parseQueueShards(trip, 'flight=2,hotel=4'));

/** A broker serves one saga, and this one serves two, one after the other. */
async function forgetTopology(url: string): Promise<void> {
  const connection = await amqp.connect(url, { noDelay: true });
  await (await connection.createChannel()).deleteQueue('saga.topology');
  await connection.close();
}

/** Longer than a quorum queue takes to pass on a returned or expired message. */
const SETTLING_MS = 100;

async function rabbitMq(url: string, topology = shopTopology): Promise<BrokerUnderTest> {
  await forgetTopology(url);
  await applyTopology(url, topology);
  const publisher = new RabbitPublisher({ url: async () => url, name: 'contract', patience: PATIENT });
  const connection = await amqp.connect(url, { noDelay: true });
  const channel = await connection.createChannel();
  const originals = new Map<Taken, GetMessage>();
  const original = (taken: Taken): GetMessage => {
    const message = originals.get(taken);
    if (message === undefined) throw new Error('not taken here');
    return message;
  };
  return {
    user: new URL(url).username,
    publish: (message) => publisher.publish(message),
    take: async (queue, count) => {
      const taken: Taken[] = [];
      while (taken.length < count) {
        const message = await channel.get(queue);
        if (message === false) break;
        const { messageId, type, contentType, userId, headers = {} } = message.properties;
        const { routingKey } = message.fields;
        const body = message.content.toString();
        const returns = returnsOf(headers);
        const each = { body, messageId, type, contentType, userId, headers, routingKey, returns };
        originals.set(each, message);
        taken.push(each);
      }
      return taken;
    },
    acknowledge: async (messages) => {
      for (const each of messages) channel.ack(original(each));
      await delay(SETTLING_MS);
    },
    giveBack: async (_, messages) => {
      for (const each of messages) channel.reject(original(each), true);
      await delay(SETTLING_MS);
    },
    wait: (ms) => delay(ms + SETTLING_MS),
    end: async () => {
      for (const { name } of topology.queues) await channel.purgeQueue(name);
      await connection.close();
    },
  };
}

async function simulated(_url: string, topology = shopTopology): Promise<BrokerUnderTest> {
  const clock = new Clock(0);
  const broker = new Broker(topology, clock);
  const originals = new Map<Taken, Message>();
  const user = 'somebody';
  return {
    user,
    publish: async (message) => {
      const queues = broker.publish(message, user);
      if (queues.length === 0 && message.mandatory) throw new UnroutableError('no queue takes it');
    },
    take: async (queue, count) =>
      broker.take(queue, count).map((message) => {
        const { messageId, type, contentType, userId, headers, routingKey, returns } = message;
        const body = String(message.body);
        const each = { body, messageId, type, contentType, userId, headers, routingKey, returns };
        originals.set(each, message);
        return each;
      }),
    acknowledge: async () => {},
    giveBack: async (queue, messages) =>
      broker.giveBack(
        queue,
        messages.flatMap((each) => originals.get(each) ?? []),
      ),
    wait: async (ms) => {
      clock.advance(ms);
      broker.move();
    },
    end: async () => {},
  };
}

/** Every implementation of the broker, the real one first. */
export const brokerKinds: readonly (readonly [
  name: string,
  begin: (url: string, topology?: Topology) => Promise<BrokerUnderTest>,
])[] = [
  ['RabbitMQ', rabbitMq],
  ['the simulation’s broker', simulated],
];
