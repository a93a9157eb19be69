import amqp, { type ConsumeMessage } from 'amqplib';
import {
  DEFAULT_RETRY_DELAYS,
  EVENTS_EXCHANGE,
  FAILURES_EXCHANGE,
  parseRetryDelays,
  queueOf,
} from '../../../engine/saga/routes.ts';
import { type Service, shop } from '../../../functions/shop.ts';
import { topologyOf } from '../../../infra/broker/topology.ts';
import type { World } from './world.ts';

/** Forwards a message to its service. Resolves when the broker has confirmed it. */
export type Forward = () => Promise<void>;

/** Decides what happens to a message between the exchanges and a service's queue. */
export type Interposer = (message: {
  readonly to: Service;
  readonly type: string;
  readonly orderId: string;
  readonly messageId: string;
  readonly forward: Forward;
}) => void | Promise<void>;

/** Interposes for as long as `work` takes. */
export async function whileInterposed<T>(
  world: World,
  interposer: Interposer,
  work: () => Promise<T>,
): Promise<T> {
  const between = await interpose(world.system.urls.rabbitmq, interposer);
  try {
    return await work();
  } finally {
    await between.end();
  }
}

/**
 * Stands between the exchanges and the queues of a running system. Every event passes through the test, which may drop,
 * repeat, hold or reorder it. Retries do not pass again.
 */
async function interpose(url: string, interposer: Interposer): Promise<{ end(): Promise<void> }> {
  const connection = await amqp.connect(url, { noDelay: true });
  const channel = await connection.createConfirmChannel();
  const { bindings } = topologyOf(shop, parseRetryDelays(DEFAULT_RETRY_DELAYS));
  const own = bindings.filter(
    ({ exchange }) => exchange === EVENTS_EXCHANGE || exchange === FAILURES_EXCHANGE,
  );
  await channel.prefetch(1_000);
  for (const service of shop.services) {
    const shadow = `${queueOf(service)}.shadow`;
    await channel.assertQueue(shadow, { durable: false, autoDelete: true });
    await channel.consume(shadow, (message) => message && void pass(service, message));
  }
  for (const { queue, exchange, routingKey } of own) {
    await channel.bindQueue(`${queue}.shadow`, exchange, routingKey);
    await channel.unbindQueue(queue, exchange, routingKey);
  }

  async function pass(to: Service, message: ConsumeMessage): Promise<void> {
    const { properties, content } = message;
    const forward = () =>
      new Promise<void>((resolve, reject) => {
        channel.sendToQueue(queueOf(to), content, { ...properties, persistent: true }, (error) =>
          error ? reject(new Error('the broker refused it', { cause: error })) : resolve(),
        );
      });
    const messageId = String(properties.messageId);
    const orderId = messageId.split(':')[0] ?? '';
    await interposer({ to, type: String(properties.type), orderId, messageId, forward });
    channel.ack(message);
  }

  return {
    end: async () => {
      for (const { queue, exchange, routingKey } of own) await channel.bindQueue(queue, exchange, routingKey);
      await connection.close();
    },
  };
}
