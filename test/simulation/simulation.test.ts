import { expect, test } from 'vitest';
import { simulateInParallel } from './parallel.ts';
import { reportOf } from './report.ts';
import { replay } from './simulate-seeds.ts';

/**
 * Goal: P1 to P8 hold whatever fails, in whatever order. Method: the unmodified handlers in a simulated world, with
 * faults at every call; each seed is another world, and the same one every time.
 */
const SEEDS = 20_000;

test(`${SEEDS} fresh seeds break no promise`, async () => {
  const from = Date.now();
  console.log(`seeds from ${from} on`);
  const { seeds, violations } = await simulateInParallel({ from, count: SEEDS });
  for (const { seed } of violations) console.log(reportOf(await replay({ seed })));
  expect(violations).toEqual([]);
  expect(seeds).toBe(SEEDS);
}, 300_000);

test('the same seed is the same story, to the byte', async () => {
  const [first, second] = [await replay({ seed: 42 }), await replay({ seed: 42 })];
  expect(first.trace.length).toBeGreaterThan(50);
  expect(second.trace).toEqual(first.trace);
});
