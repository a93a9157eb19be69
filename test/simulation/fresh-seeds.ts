import { expect } from 'vitest';
import { simulateInParallel } from './parallel.ts';
import { newSeed } from './random.ts';
import { reportOf } from './report.ts';
import { shrink } from './shrink.ts';
import { replay } from './simulate-seeds.ts';

/** Runs fresh seeds of a deployment, the shop's if none is named. The first violation is shrunk and shown. */
export async function expectNoViolation(count: number, deployment?: string): Promise<void> {
  const from = newSeed();
  console.log(`Fresh seeds from ${from} on.`);
  const { seeds, violations, uncovered, seedsPerSecond } = await simulateInParallel({
    deployment,
    from,
    count,
  });
  console.log(`${seeds} seeds, ${seedsPerSecond} a second.`);
  for (const { seed } of violations.slice(0, 1)) {
    console.log(reportOf(await replay(await shrink(await replay({ seed, deployment })))));
  }
  expect(violations).toEqual([]);
  expect(uncovered).toEqual([]);
  expect(seeds).toBe(count);
}
