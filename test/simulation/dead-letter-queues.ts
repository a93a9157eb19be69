import { PublishError } from '../../engine/batch/publish-error.ts';
import { ATTEMPTS_HEADER, ORIGIN_HEADER, originOf } from '../../engine/consumer/rabbitmq-event.ts';
import { ERROR_HEADER, REASON_HEADER } from '../../engine/consumer/settle.ts';
import type { DeadLetter, DeadLetterQueues } from '../../engine/dead-letters/dead-letter-queues.ts';
import { type DeadLetterContent, PageCollector } from '../../engine/dead-letters/page.ts';
import { deadQueueOf } from '../../engine/saga/routes.ts';
import type { Environment } from './environment.ts';
import type { Simulation } from './simulation.ts';
import type { Message } from './world/broker.ts';

/** The dead-letter queues, as seen over one connection of an environment. */
export const deadLetterQueuesOf = (simulation: Simulation, environment: Environment): DeadLetterQueues => ({
  visit: async (service, request, look) => {
    const { world, checker } = simulation;
    const { invocation } = environment;
    const queue = deadQueueOf(service);
    const page = new PageCollector<Held>(request);
    let held: Message[] = [];
    const removed = new Set<Message>();
    const giveBack = (messages: readonly Message[]) => {
      world.broker.putBack(queue, messages);
      held = [];
    };
    invocation?.onCrash.push(() => {
      giveBack(held.filter((message) => !removed.has(message)));
    });
    await simulation.call(invocation, {
      kind: 'visit',
      about: () => queue,
      effect: () => {
        held = world.broker.take(queue, Number.POSITIVE_INFINITY);
      },
      instead: {
        refused: () => {
          throw new PublishError('the dead-letter queue cannot be read');
        },
      },
    });
    for (const message of held) {
      page.offer(
        deadLetter(service, message, () => {
          checker.letGo(message, invocation);
          removed.add(message);
        }),
      );
    }
    let isLost = false;
    const leave = () =>
      simulation.call(invocation, {
        kind: 'leave',
        about: () => `${queue}, ${removed.size} of ${held.length} removed`,
        effect: () => giveBack(held.filter((message) => !removed.has(message))),
        // The connection is lost before the acknowledgements arrive.
        instead: {
          'removal-lost': () => {
            isLost = removed.size > 0;
            giveBack(held);
          },
        },
      });
    let result: Awaited<ReturnType<typeof look>>;
    try {
      result = await look({ deadLetters: page.deadLetters, hasMore: page.hasMore, isWhole: true });
    } finally {
      await leave();
    }
    if (isLost) throw new PublishError('the broker did not confirm that messages left the queue');
    return result;
  },
});

type Held = DeadLetterContent & Pick<DeadLetter, 'remove'>;

function deadLetter(
  own: string,
  { body, messageId, type, contentType, userId, headers }: Message,
  remove: () => void,
): Held {
  const attempts = headers[ATTEMPTS_HEADER];
  const text = (name: string) => (typeof headers[name] === 'string' ? headers[name] : undefined);
  const death = text('x-first-death-reason');
  return {
    delivery: {
      queue: deadQueueOf(own),
      body: Buffer.from(body),
      messageId,
      type,
      contentType,
      origin: originOf(userId, text(ORIGIN_HEADER), own),
      attempts: typeof attempts === 'number' ? attempts : 0,
    },
    reason:
      text(REASON_HEADER) ??
      (death === undefined ? 'without a reason' : `dead-lettered by the broker: ${death}`),
    lastError: text(ERROR_HEADER),
    remove,
  };
}
