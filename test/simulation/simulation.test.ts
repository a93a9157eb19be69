import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { expectNoViolation } from './fresh-seeds.ts';
import { failuresAmong } from './kept/kept.ts';
import { replay } from './simulate-seeds.ts';

/**
 * Goal: P1 to P8 hold whatever fails, wherever and in whatever order, and everything ends once faults stop.
 * Method: the unmodified handlers of all three services in a simulated world, each seed another one, with faults
 * at every call to the outside. Every promise is checked after every effect, and once more when all has ended.
 */
const FRESH_SEEDS = 2_000;

describe('the simulation', () => {
  test(`breaks no promise in ${FRESH_SEEDS} fresh seeds, and comes to every fault at every call`, async () => {
    await expectNoViolation(FRESH_SEEDS);
  });

  test('breaks no promise in the runs that once broke one', async () => {
    const kept = readFileSync(new URL('./kept/scripts.jsonl', import.meta.url), 'utf8');
    expect(await failuresAmong(kept)).toEqual([]);
  });
});

/**
 * Goal: a seed tells everything, so what it found can be found again. Method: runs are compared with themselves,
 * line by line, while other runs share the event loop.
 */
describe('a run', () => {
  const seeds = Array.from({ length: 40 }, (_, seed) => seed);

  test('of the same seed has the same trace, to the byte', async () => {
    const first = await Promise.all(seeds.map((seed) => replay({ seed })));
    for (const { script, trace } of first) expect((await replay(script)).trace).toEqual(trace);
    expect(new Set(first.map(({ trace }) => trace.join('\n'))).size).toBe(seeds.length);
  });

  test('that is given the faults that a seed drew is that seed’s run', async () => {
    for (const seed of seeds) {
      const { faults, trace } = await replay({ seed });
      expect((await replay({ seed, faults })).trace).toEqual(trace);
    }
  });
});
