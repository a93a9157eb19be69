import type { Backlog } from '../batch/edges.ts';
import { log } from '../environment/log.ts';
import { Problem } from '../http/problem.ts';
import { parseQueueShards } from '../saga/queue-shards.ts';
import type { Saga } from '../saga/saga.ts';
import type { Admission } from './admission.ts';

/** The broker is asked no more often than this. */
const ASK_AFTER_MS = 2_000;
/** An older answer counts for nothing: an environment may have slept since. */
const STALE_AFTER_MS = 30_000;

/**
 * Lets nobody in while more messages wait in the longest queue than `maxWaiting`: a saga that could not end before its
 * deadline would only be undone again, which is more work for everybody. No request waits for the broker's answer: it is
 * for those that come after. If the broker does not say, everybody is let in.
 */
export function whileFewWait(
  backlog: Backlog,
  now: () => number,
  maxWaiting: () => number,
  whom: string,
): Admission {
  let known = { waiting: 0, atMs: Number.NEGATIVE_INFINITY };
  let askedMs = Number.NEGATIVE_INFINITY;

  const ask = (nowMs: number): void => {
    askedMs = nowMs;
    backlog().then(
      (waiting) => {
        known = { waiting, atMs: nowMs };
      },
      (error: unknown) => log('warn', 'the backlog is not known', { error: String(error) }),
    );
  };

  const admit = () => {
    const most = maxWaiting();
    if (most === Number.POSITIVE_INFINITY) return;
    const nowMs = now();
    if (nowMs - askedMs >= ASK_AFTER_MS) ask(nowMs);
    if (known.waiting <= most || nowMs - known.atMs > STALE_AFTER_MS) return;
    throw new Problem(
      'busy',
      `Too many ${whom}s wait already. Send this one again, unchanged, a little later.`,
    );
  };
  return { admit, began: () => {} };
}

/** The environment variables for it. */
interface WaitingSettings {
  readonly MAX_WAITING?: string | undefined;
  readonly QUEUE_SHARDS?: string | undefined;
}

/**
 * The number of messages that may wait in each queue: MAX_WAITING, divided among the queues of the service that has most.
 * Infinity if there is no limit.
 * @throws RangeError naming the setting that is wrong
 */
export function waitingLimit(
  saga: Saga,
  { MAX_WAITING: text, QUEUE_SHARDS: shards }: WaitingSettings = {
    MAX_WAITING: process.env.MAX_WAITING,
    QUEUE_SHARDS: process.env.QUEUE_SHARDS,
  },
): number {
  if (text === undefined || text === '' || text === 'none') return Number.POSITIVE_INFINITY;
  if (!/^[1-9]\d{0,8}$/.test(text))
    throw new RangeError(
      `MAX_WAITING is ${JSON.stringify(text)}: it has to be a number of messages, or none`,
    );
  return Number(text) / Math.max(...Object.values(parseQueueShards(saga, shards)));
}
