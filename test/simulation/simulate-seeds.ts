import type { Violation } from './checker/checker.ts';
import { Coverage } from './coverage.ts';
import { uncoveredBy } from './coverage-goals.ts';
import { deploymentIn } from './deployment.ts';
import { withoutLogs } from './quiet.ts';
import { run } from './run.ts';
import type { Script } from './script.ts';

export interface Found extends Violation {
  readonly seed: number;
}

export interface Outcome {
  readonly seeds: number;
  readonly violations: readonly Found[];
  /** What never happened although so many seeds should have come to it. */
  readonly uncovered: readonly string[];
  readonly coverage: readonly (readonly [what: string, times: number])[];
  readonly calls: number;
  readonly steps: number;
}

export interface SeedRange {
  /** The file of the deployment that is simulated, if it is not the shop's. */
  readonly deployment?: string | undefined;
  readonly from: number;
  readonly count: number;
  /** Ends the run after so many violations. */
  readonly maxViolations?: number;
  readonly onProgress?: (seeds: number, violations: number) => void;
}

const PROGRESS_EVERY = 500;

/** Runs `count` seeds, from `from` on, in this thread. Each seed's run depends on nothing but the seed. */
export async function simulateSeeds({
  deployment,
  from,
  count,
  maxViolations = 1,
  onProgress = () => {},
}: SeedRange): Promise<Outcome> {
  const coverage = new Coverage();
  const violations: Found[] = [];
  const total = { seeds: 0, calls: 0, steps: 0 };
  await withoutLogs(async () => {
    for (let seed = from; seed < from + count && violations.length < maxViolations; seed += 1) {
      const { violation, calls, steps } = await run({ seed, deployment }, { coverage });
      total.seeds += 1;
      total.calls += calls;
      total.steps += steps;
      if (violation !== undefined) violations.push({ seed, ...violation });
      if (total.seeds % PROGRESS_EVERY === 0) onProgress(total.seeds, violations.length);
    }
  });
  return {
    ...total,
    violations,
    uncovered: uncoveredBy(await deploymentIn(deployment), coverage, total.seeds),
    coverage: [...coverage.counts],
  };
}

/** The violation of one script, if there is one, with its story. */
export const replay = (script: Script) => withoutLogs(() => run(script, { isTraced: true }));
