import type { Edges } from '../../engine/batch/edges.ts';
import type { OutgoingMessage } from '../../engine/batch/messages.ts';
import { PublishError, UnroutableError } from '../../engine/batch/publish-error.ts';
import {
  type Refusal,
  StoreUnavailableError,
  type Write,
  type WriteResult,
} from '../../engine/batch/store.ts';
import { statusOf } from './checker/row.ts';
import type { Coverage } from './coverage.ts';
import type { Environment } from './environment.ts';
import type { Invocation } from './invocation.ts';
import type { Simulation } from './simulation.ts';
import type { Arrival } from './world/broker.ts';
import { keyOf } from './world/table.ts';

const unavailable = (): never => {
  throw new StoreUnavailableError('the table does not answer');
};

/** An item that is too large takes all that is written with it along. */
function tooLarge(writes: readonly Write[], invocation: Invocation | undefined): never {
  const [only, ...others] = writes;
  if (only !== undefined && others.length === 0) invocation?.unwritten.add(keyOf(only));
  throw new Error('ValidationException: an item is too large');
}

/** The edges of one environment, each call of which the scheduler decides on. */
export function edgesOf(simulation: Simulation, environment: Environment): Edges {
  const { world, checker, coverage } = simulation;
  const { service } = environment;
  const table = world.tableOf(service);

  const apply = (writes: readonly Write[], invocation: Invocation | undefined): WriteResult => {
    if (simulation.areFaultsOn && writes.some((write) => simulation.rules.isUnwritable(write)))
      return tooLarge(writes, invocation);
    const before = checker.beforeWrite(service, writes);
    const result = table.write(writes);
    if (!result.ok) countCulprits(writes, result.refusals, coverage);
    if (result.ok) checker.wrote(service, writes, before, invocation);
    return result;
  };

  return {
    now: () => world.clock.nowMs + environment.skewMs,
    userOf: (each) => each,
    store: {
      // DynamoDB is not asked for nothing.
      read: (keys) =>
        keys.length === 0
          ? Promise.resolve(new Map())
          : simulation.call(environment.invocation, {
              kind: 'read',
              about: () => keys.join(' '),
              effect: () => table.read(keys),
              instead: { throttled: unavailable },
            }),
      write: (writes) => {
        const { invocation } = environment;
        return simulation.call(invocation, {
          kind: 'write',
          about: () => writes.map(describeWrite).join(', '),
          effect: () => {
            // Of those who crash while it happens, the sender is over already.
            if (isGroup(writes) && invocation?.isOver === true) coverage.count('crash in a group');
            return apply(writes, invocation);
          },
          instead: {
            throttled: unavailable,
            'answer-lost': () => {
              apply(writes, invocation);
              return unavailable();
            },
            invalid: () => {
              if (writes.length === 1 && invocation !== undefined) invocation.faultsOfOne += 1;
              return tooLarge(writes, invocation);
            },
            conflict: () => {
              if (isGroup(writes)) coverage.count('group refused: conflict');
              return conflictOf(writes, simulation.detail(1));
            },
          },
        });
      },
      query: (query) =>
        simulation.call(environment.invocation, {
          kind: 'query',
          about: () => `${query.index} ${query.partition.join('=')}`,
          effect: () => table.query(query),
          instead: { throttled: unavailable, 'index-lag': () => table.query(query, true) },
        }),
    },
    publisher: { publish: (message) => publish(simulation, environment, message) },
  };
}

const isGroup = (writes: readonly Write[]): boolean =>
  writes.filter((write) => write.kind === 'put' && write.item.record !== undefined).length > 1;

/** Who kept a group of sagas from being written together. */
function countCulprits(
  writes: readonly Write[],
  refusals: readonly (Refusal | undefined)[],
  coverage: Coverage,
): void {
  if (!isGroup(writes)) return;
  for (const [index, write] of writes.entries()) {
    if (refusals[index] === undefined) continue;
    if (write.kind === 'add') coverage.count('group refused: sold out');
    else coverage.count(write.expects === 'absent' ? 'group refused: duplicate' : 'group refused: stale');
  }
}

function describeWrite(write: Write): string {
  if (write.kind === 'add')
    return [
      write.key,
      ...Object.entries(write.deltas).map(([name, by]) => `${name} ${by > 0 ? '+' : ''}${by}`),
    ].join(' ');
  const { item, expects } = write;
  return `${item.pk} ${item.record === undefined ? '' : statusOf(item)} over ${typeof expects === 'object' ? `version ${expects.version}` : expects}`;
}

/** Some of the writes met a transaction of somebody else's; which ones is no matter of order. */
function conflictOf(writes: readonly Write[], draw: number): WriteResult {
  const loser = Math.floor(draw * writes.length);
  const refusals = writes.map((_, index): Refusal | undefined =>
    index === loser || (draw * 977) % 1 > 0.8 ? { cause: 'conflict' } : undefined,
  );
  return { ok: false, refusals };
}

function publish(
  simulation: Simulation,
  { service, invocation }: Environment,
  message: OutgoingMessage,
): Promise<void> {
  const { world, checker, coverage } = simulation;
  const send = (arrival: Arrival = 'in order'): void => {
    checker.publishing(message, invocation);
    const queues = world.broker.publish(message, service, arrival);
    if (queues.length === 0 && message.mandatory) {
      if (invocation !== undefined) invocation.faults += 1;
      coverage.count('unroutable');
      throw new UnroutableError(`no queue takes ${message.routingKey}`);
    }
    checker.published(message, invocation);
  };
  return simulation.call(invocation, {
    kind: 'publish',
    about: () => `${message.messageId} to ${message.exchange || message.routingKey}`,
    effect: () => send(),
    instead: {
      refused: () => {
        throw new PublishError('the broker refused it');
      },
      'answer-lost': () => {
        send();
        throw new PublishError('the connection was lost');
      },
      duplicated: () => send('twice'),
      reordered: () => send('ahead of others'),
      delayed: () => send({ lateByMs: Math.round(simulation.detail(2) ** 4 * 20 * 60_000) }),
    },
  });
}
