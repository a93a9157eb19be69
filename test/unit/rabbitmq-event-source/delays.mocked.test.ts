import { setImmediate as turn } from 'node:timers/promises';
import { beforeEach, expect, test, vi } from 'vitest';
import type { BrokerSession } from '../../../infra/local/rabbitmq-event-source/broker-session.ts';
import { Counters } from '../../../infra/local/rabbitmq-event-source/counters.ts';
import { Dispatcher } from '../../../infra/local/rabbitmq-event-source/dispatcher.ts';
import type { Invoke } from '../../../infra/local/rabbitmq-event-source/invoke.ts';
import { Subscription } from '../../../infra/local/rabbitmq-event-source/subscription.ts';
import { anyMapping } from '../../support/event-source/mapping.ts';
import { deliveredMessage } from '../../support/event-source/message.ts';

/** Nothing here takes its time: what is waited for passes on this clock, until there have been so many waits. */
const world = vi.hoisted(() => ({
  nowMs: 0,
  waits: [] as number[],
  mostWaits: 0,
  openSession: (): Promise<BrokerSession> => Promise.reject(new Error('no broker')),
}));

vi.mock(import('../../../infra/local/rabbitmq-event-source/backoff.ts'), async (original) => ({
  ...(await original()),
  pause: async (milliseconds, signal) => {
    if (world.waits.length === world.mostWaits) {
      await new Promise((resolve) => signal.addEventListener('abort', resolve));
      return;
    }
    world.waits.push(milliseconds);
    world.nowMs += milliseconds;
  },
}));

vi.mock(import('../../../infra/local/rabbitmq-event-source/broker-session.ts'), () => ({
  openSession: () => world.openSession(),
}));

beforeEach(() => {
  vi.spyOn(performance, 'now').mockImplementation(() => world.nowMs);
  Object.assign(world, { nowMs: 0, waits: [], mostWaits: 0 });
  return () => vi.restoreAllMocks();
});

const log = { error: () => undefined, info: () => undefined, debug: () => undefined };

test('the delay after a failure grows to half a minute, and no further', async () => {
  world.mostWaits = 11;
  const refuse: Invoke = () => Promise.resolve({ kind: 'refused', reason: 'because' });
  const dispatcher = new Dispatcher(anyMapping, refuse, log, new Counters('test', log));
  dispatcher.attach({ acknowledge: () => undefined, requeue: () => undefined, reject: () => undefined });
  dispatcher.receive(deliveredMessage({}));
  await turn();
  await dispatcher.stop();
  expect(world.waits).toEqual([100, 200, 400, 800, 1_600, 3_200, 6_400, 12_800, 25_600, 30_000, 30_000]);
});

/** The waits between connections that live so long, or are not let in. */
async function waitsBetween(livesMs: readonly (number | 'refused')[]): Promise<readonly number[]> {
  const lives = [...livesMs];
  world.mostWaits = lives.length;
  world.openSession = async () => {
    const lifeMs = lives.shift() ?? 'refused';
    if (lifeMs === 'refused') throw new Error('no broker');
    return session(lifeMs);
  };
  const invoke: Invoke = () => Promise.resolve({ kind: 'succeeded' });
  const subscription = new Subscription(anyMapping, 'amqp://127.0.0.1', invoke, log);
  await vi.waitUntil(() => world.waits.length === livesMs.length);
  await subscription.stop();
  return world.waits;
}

function session(lifeMs: number): BrokerSession {
  const live = async (): Promise<Error> => {
    await turn();
    world.nowMs += lifeMs;
    return new Error('closed');
  };
  return { ended: live(), cancel: () => Promise.resolve(), close: () => Promise.resolve() };
}

test('a broker that is down is tried less and less often, but at least every 5 seconds', async () => {
  const down = Array.from({ length: 8 }, () => 'refused' as const);
  expect(await waitsBetween(down)).toEqual([100, 200, 400, 800, 1_600, 3_200, 5_000, 5_000]);
});

test('so is one that lets in and closes at once', async () => {
  expect(await waitsBetween([10, 10, 'refused', 4_999])).toEqual([100, 200, 400, 800]);
});

test('a connection that has lived for some seconds ends the count', async () => {
  expect(await waitsBetween(['refused', 'refused', 5_000, 10])).toEqual([100, 200, 100, 200]);
});
