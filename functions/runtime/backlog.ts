import type { Channel } from 'amqplib';
import { type Service, services } from '../saga/choreography.ts';
import { queueOf } from '../saga/routes.ts';
import type { RabbitPublisher } from './publisher.ts';

/** How many messages wait in the services' longest queue. @throws if the broker does not say */
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
    if (waiting !== undefined) return waiting;
  }
  throw new Error(`${service} has no queue`);
}

/** Undefined if there is no such queue, which also costs the channel. https://www.rabbitmq.com/docs/channels#error-handling */
async function waitingIn(queue: string, channel: Channel): Promise<number | undefined> {
  try {
    return (await channel.checkQueue(queue)).messageCount;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === NOT_FOUND) return undefined;
    throw error;
  } finally {
    await channel.close().catch(() => {});
  }
}

const NOT_FOUND = 404;
