import { parentPort } from 'node:worker_threads';
import { enumerate, type Unit } from './crash-points/enumerate.ts';
import type { Kind, Work } from './pool.ts';
import { withoutLogs } from './quiet.ts';
import { type SeedRange, simulateSeeds } from './simulate-seeds.ts';

async function perform(kind: Kind, ask: Work[Kind]['ask']): Promise<void> {
  const answer =
    kind === 'seeds'
      ? await simulateSeeds(ask as SeedRange)
      : await withoutLogs(() => enumerate(ask as Unit));
  parentPort?.postMessage(answer);
}

// One of the pool's threads. A rejection ends it, and whoever waits for its answer hears of it.
parentPort?.on('message', ({ kind, ask }: { kind: Kind; ask: Work[Kind]['ask'] }) => void perform(kind, ask));
