import { parentPort } from 'node:worker_threads';
import type { Kind, Work } from './pool.ts';
import { simulateSeeds } from './simulate-seeds.ts';

interface Asked {
  readonly kind: Kind;
  readonly ask: Work[Kind]['ask'];
}

/** One of the pool's threads. An error in here ends it, and whoever waits for its answer hears of it. */
parentPort?.on('message', ({ ask }: Asked) => {
  simulateSeeds(ask).then(
    (answer) => parentPort?.postMessage(answer),
    (error: unknown) => {
      throw error;
    },
  );
});
