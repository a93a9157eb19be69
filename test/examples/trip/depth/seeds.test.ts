import { test } from 'vitest';
import { expectNoViolation } from '../../../simulation/fresh-seeds.ts';

/** Goal: what happens once in thousands of trips is found as well, and the seeds come to every fault at every call. */
const FRESH_SEEDS = 20_000;

test(`a trip breaks no promise in ${FRESH_SEEDS} fresh seeds, and comes to every fault at every call`, async () => {
  await expectNoViolation(FRESH_SEEDS, 'test/examples/trip/deployment.ts');
}, 1_800_000);
