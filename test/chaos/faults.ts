import { queueOf } from '../../engine/saga/routes.ts';
import { shop } from '../../functions/shop.ts';
import type { Part } from '../../infra/local/processes/part.ts';
import { endAlarm, raiseAlarm, type Shortage } from '../support/broker-alarm.ts';
import { unhindered } from '../support/one-way.ts';
import type { TcpProxy } from '../support/proxy.ts';
import { providerIs } from '../support/saga/sandbox.ts';
import type { Dice } from './dice.ts';
import { deleteQueue, makeQueuesAgain } from './queue-deletion.ts';
import { limitQueues, unlimitQueues } from './queue-limit.ts';
import type { Stage } from './stage.ts';

/** What a fault breaks; one at a time of each. */
export type Target = 'workers' | 'broker' | 'database' | 'provider' | 'issuer' | Link;
type Link = `${keyof Stage['links']} link`;

/** Undoes a fault. */
export type Heal = () => Promise<void> | void;

export interface Fault {
  readonly target: Target;
  /** How the summary counts it. */
  readonly kind:
    | 'kill'
    | 'freeze'
    | 'outage'
    | 'cut'
    | 'half-open'
    | 'slow'
    | 'refuse'
    | 'queue full'
    | 'queue deleted'
    | 'alarm';
  /** How long it lasts, at least and at most. */
  readonly holdMs: readonly [number, number];
  readonly strike: (stage: Stage, dice: Dice) => Promise<Heal> | Heal;
}

const startTries = 3;

/** The whole of a process, as `kill -9` and a supervisor that starts it again do it. */
const kill = (target: Target, partOf: (stage: Stage) => Part, holdMs: Fault['holdMs']): Fault => ({
  target,
  kind: 'kill',
  holdMs,
  strike: async (stage) => {
    await partOf(stage).kill();
    return () => startAgain(partOf(stage));
  },
});

export async function startAgain(part: Part): Promise<void> {
  for (let tries = 1; part.pid === undefined; tries += 1) {
    try {
      await part.start();
    } catch (error) {
      if (tries === startTries) throw error;
    }
  }
}

/** It lives, holds its connections, and does nothing: what a long pause of a machine looks like. */
const freeze = (
  target: Target,
  partOf: (stage: Stage) => Part,
  holdMs: Fault['holdMs'] = [1_500, 7_000],
): Fault => ({
  target,
  kind: 'freeze',
  holdMs,
  strike: (stage) => {
    const { pid } = partOf(stage);
    if (pid === undefined) throw new Error(`${partOf(stage).title} does not run as a process of ours`);
    process.kill(pid, 'SIGSTOP');
    return () => void (partOf(stage).pid === pid && process.kill(pid, 'SIGCONT'));
  },
});

const provider = (settings: Parameters<typeof providerIs>[1], holdMs: Fault['holdMs']): Fault => ({
  target: 'provider',
  kind: settings.latencyMs === undefined ? 'outage' : 'slow',
  holdMs,
  strike: async ({ world }) => {
    await providerIs(world, settings);
    return () => providerIs(world, { latencyMs: 0, outage: 'none' });
  },
});

const longMs = [15_000, 60_000] as const;

/** The broker reads nobody who publishes. Longer than a consumer's invocation may wait for its end. */
const alarm = (shortage: Shortage): Fault => ({
  target: 'broker',
  kind: 'alarm',
  holdMs: longMs,
  strike: async (stage) => {
    await raiseAlarm(stage, shortage);
    return () => endAlarm(stage, shortage);
  },
});

const linkOf = {
  'broker link': 'broker',
  'database link': 'database',
  'provider link': 'provider',
} as const;

const link = (
  target: Link,
  kind: Fault['kind'],
  holdMs: Fault['holdMs'],
  strike: (proxy: TcpProxy, dice: Dice) => Heal,
): Fault => ({
  target,
  kind,
  holdMs,
  strike: ({ links }, dice) => strike(links[linkOf[target]], dice),
});

const linkFaults = (target: Link): Readonly<Record<string, Fault>> => ({
  [`${target} cut`]: link(target, 'cut', [0, 0], (proxy) => {
    proxy.cut();
    return () => {};
  }),
  // Afterwards the network comes back, or one end has noticed.
  [`${target} half-open`]: link(target, 'half-open', [2_000, 8_000], (proxy, dice) => {
    proxy.freeze();
    return dice.oneIn(2) ? () => proxy.thaw() : () => proxy.cut();
  }),
  [`${target} gone`]: link(target, 'half-open', [2_000, 6_000], (proxy) => {
    proxy.freeze();
    proxy.admit('silence');
    return () => {
      proxy.admit('pass');
      proxy.cut();
    };
  }),
  [`${target} refused`]: link(target, 'refuse', [1_000, 5_000], (proxy) => {
    proxy.admit('refuse');
    proxy.cut();
    return () => proxy.admit('pass');
  }),
  [`${target} slow`]: link(target, 'slow', [3_000, 8_000], (proxy, dice) => {
    proxy.slow({ latencyMs: dice.between(30, 300), bytesPerSecond: 1_024 * dice.between(64, 512) });
    return () => proxy.slow(unhindered);
  }),
});

/** Every way in which chaos breaks the system, by its name in the plan. */
export const faults: Readonly<Record<string, Fault>> = {
  'workers killed': kill('workers', ({ world }) => world.system.parts.api, [0, 1_500]),
  'workers frozen': freeze('workers', ({ world }) => world.system.parts.api),
  'broker killed': kill('broker', ({ world }) => world.system.parts.rabbitmq, [0, 4_000]),
  'broker frozen': freeze('broker', ({ world }) => world.system.parts.rabbitmq),
  'database killed': kill('database', ({ world }) => world.system.parts.dynamodb, [200, 4_000]),
  'database frozen': freeze('database', ({ world }) => world.system.parts.dynamodb),
  'provider killed': kill('provider', ({ world }) => world.system.parts.payments, [200, 4_000]),
  'provider frozen': freeze('provider', ({ world }) => world.system.parts.payments),
  // It is a server of this process, and has no process of its own.
  'issuer gone': {
    target: 'issuer',
    kind: 'outage',
    holdMs: [1_000, 8_000],
    strike: async ({ world }) => {
      await world.system.parts.issuer.kill();
      return async () => void (await world.system.parts.issuer.start());
    },
  },
  'provider refuses': provider({ outage: 'refuse' }, [2_000, 7_000]),
  'provider hangs': provider({ outage: 'hang' }, [2_000, 7_000]),
  'provider slow': provider({ latencyMs: 1_500 }, [3_000, 8_000]),
  'queues full': {
    target: 'broker',
    kind: 'queue full',
    holdMs: [2_000, 6_000],
    strike: async (stage, dice) => {
      // With the delay queues full as well, a participant can put nothing aside.
      const pattern = dice.oneIn(2)
        ? '^(order|inventory|payment)$'
        : String.raw`^(order|inventory|payment)(\.retry\..+)?$`;
      await limitQueues(stage, pattern, dice.between(1, 20));
      return () => unlimitQueues(stage);
    },
  },
  ...linkFaults('broker link'),
  ...linkFaults('database link'),
  ...linkFaults('provider link'),
};

const silent = (target: Link): Fault =>
  link(target, 'half-open', longMs, (proxy) => {
    proxy.freeze();
    return () => proxy.thaw();
  });

/** Longer than anybody's patience: every limit of time is met, and every connection given up. */
export const longFaults: Readonly<Record<string, Fault>> = {
  'workers frozen for long': freeze('workers', ({ world }) => world.system.parts.api, longMs),
  'broker frozen for long': freeze('broker', ({ world }) => world.system.parts.rabbitmq, longMs),
  'database frozen for long': freeze('database', ({ world }) => world.system.parts.dynamodb, longMs),
  'provider frozen for long': freeze('provider', ({ world }) => world.system.parts.payments, longMs),
  'broker short of memory': alarm('memory'),
  'broker short of disk': alarm('disk'),
  'broker link silent for long': silent('broker link'),
  'database link silent for long': silent('database link'),
  'provider link silent for long': silent('provider link'),
  // What waited in it is lost. The schedule continues the orders.
  'queue deleted': {
    target: 'broker',
    kind: 'queue deleted',
    holdMs: [5_000, 15_000],
    strike: async (stage, dice) => {
      const [service = 'payment'] = dice.shuffled(shop.services);
      await deleteQueue(stage, queueOf(service));
      return () => makeQueuesAgain(stage);
    },
  },
};
