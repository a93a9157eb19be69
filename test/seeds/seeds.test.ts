import { test } from 'vitest';
import { expectNoViolation } from '../simulation/fresh-seeds.ts';

/**
 * Goal: what happens once in thousands of runs is found as well. Method: as many fresh seeds as fit into some minutes,
 * each of them judged as in the simulation's own tests.
 */
const FRESH_SEEDS = 20_000;

test(`the simulation breaks no promise in ${FRESH_SEEDS} fresh seeds, and comes to every fault at every call`, async () => {
  await expectNoViolation(FRESH_SEEDS);
}, 600_000);
