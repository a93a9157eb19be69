import { test } from 'vitest';
import { expectNoViolation } from '../../simulation/fresh-seeds.ts';

/**
 * Goal: P1 to P8 hold for a saga that is no shop: seats and rooms are conserved, each effect is there once at the most,
 * every trip ends, and everybody says what is true. Method: as for the shop, by the same simulator and checker.
 */
const FRESH_SEEDS = 2_000;

test(`a trip breaks no promise in ${FRESH_SEEDS} fresh seeds`, async () => {
  await expectNoViolation(FRESH_SEEDS, 'test/examples/trip/deployment.ts');
}, 300_000);
