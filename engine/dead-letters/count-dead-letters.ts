import { log, loggingInvocations } from '../environment/log.ts';
import { tellAlarm } from '../metrics/metrics.ts';
import { deadLettersTooOld, deadLetters as lying } from '../metrics/names.ts';
import type { RabbitPublisher } from '../rabbitmq/publisher.ts';
import { depthOf } from '../rabbitmq/queue-depth.ts';
import { deadQueueOf } from '../saga/routes.ts';
import type { DeadLetterQueues } from './dead-letter-queues.ts';
import { type Placed, saidAt } from './page.ts';

/** What a service's dead letters come to. @throws if the broker does not say */
export interface DeadLetterCount {
  readonly count: () => Promise<number>;
  /** When the oldest of them was said first, as far as it says so itself. It reads all of them. */
  readonly oldestMs: () => Promise<number | undefined>;
}

/**
 * Each service counts its own dead letters: only its user may read them, and Amazon MQ reports no metrics of single
 * queues for RabbitMQ 4.
 */
export const deadLettersOn = (
  service: string,
  publisher: RabbitPublisher,
  deadLetterQueues: DeadLetterQueues,
): DeadLetterCount => ({
  count: async () => {
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
  },
  oldestMs: async () => {
    const selects = (each: Placed) => saidAt(each) !== undefined;
    return await deadLetterQueues.visit(service, { limit: 1, maxBytes: 1, selects }, ({ deadLetters }) => {
      const [oldest] = deadLetters;
      return Promise.resolve(oldest && saidAt(oldest));
    });
  },
});

/** Whoever reads them all keeps them from operators for a moment, so it is done no more often than that. */
const LOOK_AFTER_MS = 3_600_000;
const DAY_MS = 24 * 3_600_000;

/**
 * The schedule tells the count at every run, so the alarm stays on for as long as dead letters stay. A dead letter holds
 * personal data that nothing erases, so one that is too old is told as well, each time somebody looks.
 */
export function countDeadLetters(
  service: string,
  { count, oldestMs }: DeadLetterCount,
  now: () => number = Date.now,
  maxAgeDays: () => number = maxAgeSetting,
) {
  let lookedMs = Number.NEGATIVE_INFINITY;
  return loggingInvocations(async (_event?: unknown, _invocation?: object) => {
    const deadLetters = await count();
    const nowMs = now();
    tellAlarm(service, lying, nowMs, deadLetters);
    if (deadLetters === 0 || nowMs - lookedMs < LOOK_AFTER_MS) return { deadLetters };
    lookedMs = nowMs;
    const saidMs = await oldestMs();
    if (saidMs === undefined) return { deadLetters };
    const oldestDays = Math.floor((nowMs - saidMs) / DAY_MS);
    if (oldestDays >= maxAgeDays()) {
      log('error', 'a dead letter is too old', { service, oldestDays });
      tellAlarm(service, deadLettersTooOld, nowMs);
    }
    return { deadLetters, oldestDays };
  });
}

/** DEAD_LETTER_MAX_AGE_DAYS. @throws RangeError */
export function maxAgeSetting(text = process.env.DEAD_LETTER_MAX_AGE_DAYS): number {
  if (text === undefined || text === '') return 30;
  if (!/^[1-9]\d{0,3}$/.test(text))
    throw new RangeError(
      `DEAD_LETTER_MAX_AGE_DAYS is ${JSON.stringify(text)}: it has to be a number of days`,
    );
  return Number(text);
}
