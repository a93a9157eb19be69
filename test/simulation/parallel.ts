import { availableParallelism } from 'node:os';
import { Coverage } from './coverage.ts';
import { uncoveredBy } from './coverage-goals.ts';
import { deploymentIn } from './deployment.ts';
import { inThreads } from './pool.ts';
import type { Found, Outcome, SeedRange } from './simulate-seeds.ts';

export interface Measured extends Outcome {
  readonly seconds: number;
  readonly seedsPerSecond: number;
  readonly threads: number;
}

/** Large enough to keep a thread busy for a while, small enough that all of them end at about the same time. */
const SEEDS_AT_ONCE = 500;

/** Shares the seeds out among threads, one per core. */
export async function simulateInParallel(
  { deployment, from, count, maxViolations = 1, onProgress = () => {} }: SeedRange,
  threads = availableParallelism(),
): Promise<Measured> {
  const begin = performance.now();
  const coverage = new Coverage();
  const violations: Found[] = [];
  const total = { seeds: 0, calls: 0, steps: 0 };
  const pieces = Array.from({ length: Math.ceil(count / SEEDS_AT_ONCE) }, (_, index) => ({
    deployment,
    from: from + index * SEEDS_AT_ONCE,
    count: Math.min(SEEDS_AT_ONCE, count - index * SEEDS_AT_ONCE),
    maxViolations,
  }));
  const heard = (outcome: Outcome): boolean => {
    for (const what of ['seeds', 'calls', 'steps'] as const) total[what] += outcome[what];
    coverage.add(outcome.coverage);
    violations.push(...outcome.violations);
    onProgress(total.seeds, violations.length);
    return violations.length < maxViolations;
  };
  await inThreads('seeds', pieces, heard, threads);
  const seconds = (performance.now() - begin) / 1000;
  return {
    ...total,
    violations: violations.toSorted((a, b) => a.seed - b.seed),
    uncovered: uncoveredBy(await deploymentIn(deployment), coverage, total.seeds),
    coverage: [...coverage.counts],
    seconds,
    seedsPerSecond: Math.round(total.seeds / seconds),
    threads: Math.min(threads, pieces.length),
  };
}
