import { expect, test } from 'vitest';
import { simulateInParallel } from '../../simulation/parallel.ts';
import { newSeed } from '../../simulation/random.ts';
import { reportOf } from '../../simulation/report.ts';
import { shrink } from '../../simulation/shrink.ts';
import { replay } from '../../simulation/simulate-seeds.ts';

/**
 * Goal: P1 to P8 hold for a saga that is no shop: seats and rooms are conserved, each effect is there once at the most,
 * every trip ends, and everybody says what is true. Method: as for the shop, by the same simulator and checker.
 */
const FRESH_SEEDS = 20_000;
const TRIP = 'test/examples/trip/deployment.ts';

test(`a trip breaks no promise in ${FRESH_SEEDS} fresh seeds, and comes to every fault at every call`, async () => {
  const from = newSeed();
  console.log(`Fresh seeds from ${from} on.`);
  const { seeds, violations, uncovered, seedsPerSecond } = await simulateInParallel({
    deployment: TRIP,
    from,
    count: FRESH_SEEDS,
  });
  console.log(`${seeds} seeds, ${seedsPerSecond} a second.`);
  for (const { seed } of violations.slice(0, 1)) {
    console.log(reportOf(await replay(await shrink(await replay({ seed, deployment: TRIP })))));
  }
  expect(violations).toEqual([]);
  expect(uncovered).toEqual([]);
  expect(seeds).toBe(FRESH_SEEDS);
}, 900_000);
