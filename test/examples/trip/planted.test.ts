import { expect, test } from 'vitest';
import { hunt, huntAll } from '../../simulation/planted/hunt.ts';
import { bugs } from './bugs.ts';

/**
 * Goal: the simulation of the trip finds what it is there to find. Method: each bug is planted in a copy of the project,
 * and the trip is simulated there, in a process of its own, until a violation is found.
 */
const MAX_SEEDS = 3_000;
const TRIP = 'test/examples/trip/deployment.ts';

test('without a planted bug nothing is found', async () => {
  expect(await hunt(undefined, 200, TRIP)).toEqual({ bug: 'none', seeds: 200 });
}, 120_000);

test(`every one of ${bugs.length} planted bugs is found within ${MAX_SEEDS} seeds`, async () => {
  expect(bugs.length).toBeGreaterThanOrEqual(6);
  expect(await huntAll(bugs, MAX_SEEDS, TRIP)).toEqual([]);
}, 300_000);
