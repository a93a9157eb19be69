import type { Channel } from 'amqplib';
import { type Service, services } from '../saga/choreography.ts';
import { queueOf } from '../saga/routes.ts';
import type { RabbitPublisher } from './publisher.ts';

/** How many messages wait in the longest of the queues that may be asked about. @throws if the broker does not say */
export type Backlog = () => Promise<number>;

export const backlogOn =
  (publisher: RabbitPublisher): Backlog =>
  async () =>
    Math.max(...(await Promise.all(services.map((service) => waitingFor(service, publisher)))));

/** Of a queue that is several, the first: orders are dealt to them evenly. */
async function waitingFor(service: Service, publisher: RabbitPublisher): Promise<number> {
  const names = [queueOf(service), `${queueOf(service)}.0`];
  for (const name of names) {
    const waiting = await waitingIn(name, await publisher.channel());
    if (waiting === 'refused') return 0;
    if (waiting !== 'missing') return waiting;
  }
  throw new Error(`${service} has no queue`);
}

/**
 * Either way costs the channel. RabbitMQ 4.2.6 and later let nobody ask about a queue on which they have no permission,
 * and that of another service is such a queue: then nothing is known of it.
 * https://www.rabbitmq.com/docs/channels#error-handling, https://github.com/rabbitmq/rabbitmq-server/pull/16272
 */
async function waitingIn(queue: string, channel: Channel): Promise<number | 'missing' | 'refused'> {
  try {
    return (await channel.checkQueue(queue)).messageCount;
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === NOT_FOUND) return 'missing';
    if (code === ACCESS_REFUSED) return 'refused';
    throw error;
  } finally {
    await channel.close().catch(() => {});
  }
}

const NOT_FOUND = 404;
const ACCESS_REFUSED = 403;
