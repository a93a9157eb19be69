import type { Backlog } from '../batch/edges.ts';
import { log } from '../environment/log.ts';
import { queueOf } from '../saga/routes.ts';
import type { Saga } from '../saga/saga.ts';
import type { RabbitPublisher } from './publisher.ts';
import { depthOf } from './queue-depth.ts';

/** No saga waits for a participant that only hears how it ended, so its queue does not count. */
export const backlogOn =
  (saga: Saga, publisher: RabbitPublisher): Backlog =>
  async () => {
    const services = saga.services.filter((service) => saga.takesPart(service));
    return Math.max(...(await Promise.all(services.map((service) => waitingFor(service, publisher)))));
  };

/**
 * Asks for the first shard only if a queue is sharded: sagas are spread evenly. If the broker refuses to tell the
 * length of another service's queue, it counts as 0.
 */
async function waitingFor(service: string, publisher: RabbitPublisher): Promise<number> {
  const names = [queueOf(service), `${queueOf(service)}.0`];
  for (const name of names) {
    const waiting = await depthOf(name, publisher);
    if (waiting === 'refused') return 0;
    if (waiting !== 'missing') return waiting;
  }
  // The others' sagas go on all the same. A deployment makes the queue again.
  log('error', 'queue missing', { service, queue: queueOf(service) });
  return 0;
}
