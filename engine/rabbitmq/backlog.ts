import type { Backlog } from '../batch/edges.ts';
import { queueOf } from '../saga/routes.ts';
import type { Saga } from '../saga/saga.ts';
import type { RabbitPublisher } from './publisher.ts';
import { depthOf } from './queue-depth.ts';

export const backlogOn =
  (saga: Saga, publisher: RabbitPublisher): Backlog =>
  async () =>
    Math.max(...(await Promise.all(saga.services.map((service) => waitingFor(service, publisher)))));

/**
 * Of a queue that is several, the first: sagas are dealt to them evenly. Of another service's queue, which the broker
 * may not speak of, nothing is known.
 */
async function waitingFor(service: string, publisher: RabbitPublisher): Promise<number> {
  const names = [queueOf(service), `${queueOf(service)}.0`];
  for (const name of names) {
    const waiting = await depthOf(name, publisher);
    if (waiting === 'refused') return 0;
    if (waiting !== 'missing') return waiting;
  }
  throw new Error(`${service} has no queue`);
}
