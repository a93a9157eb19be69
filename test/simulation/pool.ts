import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import type { Enumerated, Unit } from './crash-points/enumerate.ts';
import type { Outcome, SeedRange } from './simulate-seeds.ts';

/** What a thread can be asked to do, and what it answers. */
export interface Work {
  readonly seeds: { readonly ask: Omit<SeedRange, 'onProgress'>; readonly answer: Outcome };
  readonly crashes: { readonly ask: Unit; readonly answer: Enumerated };
}
export type Kind = keyof Work;

/** Runs make much and keep little: a larger nursery is emptied less often. */
const resourceLimits = { maxYoungGenerationSizeMb: 96 };

/**
 * Hands pieces of work to a thread per core, the next one to whichever is free. `heard` learns of each answer as it
 * comes and tells whether to go on.
 */
export async function inThreads<K extends Kind>(
  kind: K,
  pieces: readonly Work[K]['ask'][],
  heard: (answer: Work[K]['answer']) => boolean,
  threads = availableParallelism(),
): Promise<void> {
  const waiting = [...pieces];
  let goesOn = true;
  const thread = async () => {
    const worker = new Worker(new URL('./worker.ts', import.meta.url), { resourceLimits });
    const death = deathOf(worker);
    try {
      for (let ask = waiting.shift(); ask !== undefined && goesOn; ask = waiting.shift()) {
        goesOn = heard(await Promise.race([death, answerOf(worker, kind, ask)])) && goesOn;
      }
    } finally {
      await worker.terminate();
    }
  };
  await Promise.all(Array.from({ length: Math.min(threads, pieces.length) }, thread));
}

/** Rejects when the thread ends, also between two pieces, when nobody waits for an answer. */
function deathOf(worker: Worker): Promise<never> {
  const death = new Promise<never>((_, reject) => {
    worker.once('error', reject);
    worker.once('exit', (code) => reject(new Error(`a simulation thread ended with exit code ${code}`)));
  });
  death.catch(() => {});
  return death;
}

/** Far more than a piece takes: a loop that calls nothing can only be ended from outside. */
const MAX_PIECE_MS = 180_000;

function answerOf<K extends Kind>(worker: Worker, kind: K, ask: Work[K]['ask']): Promise<Work[K]['answer']> {
  return new Promise((resolve, reject) => {
    const hung = () => reject(new Error(`no end of ${kind} ${JSON.stringify(ask)}`));
    const patience = setTimeout(hung, MAX_PIECE_MS).unref();
    worker.once('message', (answer: Work[K]['answer']) => {
      clearTimeout(patience);
      resolve(answer);
    });
    worker.postMessage({ kind, ask });
  });
}
