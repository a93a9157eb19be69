import { expect, test } from 'vitest';
import { faults, longFaults } from './faults.ts';
import { planOf } from './saboteur.ts';

/**
 * Goal: a seed repeats which faults come, when and for how long, and no kind of fault is left out. Method: plans
 * are made and compared; what they do to a system is the business of chaos.test.ts.
 */
const minuteMs = 60_000;

test('a seed repeats its plan, and another seed makes another', () => {
  expect(planOf('one', 5 * minuteMs)).toEqual(planOf('one', 5 * minuteMs));
  expect(planOf('one', 5 * minuteMs)).not.toEqual(planOf('two', 5 * minuteMs));
  expect(planOf('one', 10 * minuteMs).slice(0, 10)).toEqual(planOf('one', 5 * minuteMs).slice(0, 10));
});

test('every fault comes once before any comes twice', () => {
  for (const deck of [faults, longFaults]) {
    const names = Object.keys(deck);
    for (let seed = 0; seed < 100; seed += 1) {
      const plan = planOf(String(seed), 30 * minuteMs)
        .map(({ name }) => name)
        .filter((name) => name in deck);
      expect(plan.length).toBeGreaterThan(names.length);
      for (let round = 0; (round + 1) * names.length <= plan.length; round += 1) {
        const dealt = plan.slice(round * names.length, (round + 1) * names.length);
        expect(dealt.toSorted(), `seed ${seed}`).toEqual(names.toSorted());
      }
    }
  }
});

test('a short run has no long fault', () => {
  for (let seed = 0; seed < 100; seed += 1)
    expect(planOf(String(seed), 2 * minuteMs).filter(({ name }) => name in longFaults)).toEqual([]);
});

test('a fault lasts as long as it may', () => {
  for (const { name, holdMs } of planOf('any', 30 * minuteMs)) {
    const [shortest = 0, longest = 0] = (faults[name] ?? longFaults[name])?.holdMs ?? [];
    expect(holdMs).toBeGreaterThanOrEqual(shortest);
    expect(holdMs).toBeLessThanOrEqual(longest);
  }
});
