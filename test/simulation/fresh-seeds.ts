import { expect } from 'vitest';
import { simulateInParallel } from './parallel.ts';
import { newSeed } from './random.ts';
import { reportOf } from './report.ts';
import { shrink } from './shrink.ts';
import { replay } from './simulate-seeds.ts';

/** Runs seeds that nobody has seen before. The first violation is shrunk and shown. */
export async function expectNoViolation(count: number): Promise<void> {
  const from = newSeed();
  console.log(`Fresh seeds from ${from} on.`);
  const { seeds, violations, uncovered, seedsPerSecond } = await simulateInParallel({ from, count });
  console.log(`${seeds} seeds, ${seedsPerSecond} a second.`);
  for (const { seed } of violations.slice(0, 1)) {
    console.log(reportOf(await replay(await shrink(await replay({ seed })))));
  }
  expect(violations).toEqual([]);
  expect(uncovered).toEqual([]);
  expect(seeds).toBe(count);
}
