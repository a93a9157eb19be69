import { log } from '../environment/log.ts';
import type { RabbitPublisher } from '../rabbitmq/publisher.ts';
import { depthOf } from '../rabbitmq/queue-depth.ts';
import { deadQueueOf } from '../saga/routes.ts';
import type { DeadLetterQueues } from './dead-letter-queues.ts';

/** Counts the dead letters. @throws if the broker does not say */
export type DeadLetterCount = () => Promise<number>;

/**
 * Each service counts its own dead letters: only its user may read them, and Amazon MQ reports no metrics of single
 * queues for RabbitMQ 4.
 */
export const deadLettersOn =
  (service: string, publisher: RabbitPublisher, deadLetterQueues: DeadLetterQueues): DeadLetterCount =>
  async () => {
    const queue = deadQueueOf(service);
    const depth = await depthOf(queue, publisher);
    if (depth === 'missing') throw new Error(`there is no queue ${queue}`);
    if (depth !== 'refused') return depth;
    // A user who may read the queue but not ask for its length can still see whether it is empty.
    return await deadLetterQueues.visit(
      service,
      { limit: 1, maxBytes: 1, isSample: true },
      ({ deadLetters }) => Promise.resolve(deadLetters.length),
    );
  };

/** The schedule logs the count at every run, so the alarm stays on for as long as dead letters stay. */
export const countDeadLetters = (service: string, count: DeadLetterCount) => async () => {
  const deadLetters = await count();
  log('info', 'dead letters counted', { service, deadLetters });
  return { deadLetters };
};
