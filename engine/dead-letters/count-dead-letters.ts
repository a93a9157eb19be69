import { log } from '../environment/log.ts';
import type { RabbitPublisher } from '../rabbitmq/publisher.ts';
import { depthOf } from '../rabbitmq/queue-depth.ts';
import { deadQueueOf } from '../saga/routes.ts';
import type { DeadLetterQueues } from './dead-letter-queues.ts';

/** How many messages are dead letters. @throws if the broker does not say */
export type DeadLetterCount = () => Promise<number>;

/**
 * Each service counts its own, as the user who may read them: nobody else may, and for RabbitMQ 4 Amazon MQ reports no
 * metrics of single queues.
 */
export const deadLettersOn =
  (service: string, publisher: RabbitPublisher, deadLetterQueues: DeadLetterQueues): DeadLetterCount =>
  async () => {
    const queue = deadQueueOf(service);
    const depth = await depthOf(queue, publisher);
    if (depth === 'missing') throw new Error(`there is no queue ${queue}`);
    if (depth !== 'refused') return depth;
    // Whoever may read a queue, but not ask about it, still sees whether there is anything.
    return await deadLetterQueues.visit(service, 1, (deadLetters) => Promise.resolve(deadLetters.length));
  };

/** The schedule, for the alarm: what lies there, for as long as it does, and not only that it was put there. */
export const countDeadLetters = (service: string, count: DeadLetterCount) => async () => {
  const deadLetters = await count();
  log('info', 'dead letters counted', { service, deadLetters });
  return { deadLetters };
};
