import { expect, test } from 'vitest';
import { reportOf } from '../report.ts';
import { replay } from '../simulate-seeds.ts';
import { crashEverywhere, crashTable } from './in-threads.ts';

/**
 * Goal: P6, and with it all the other promises: a process may die anywhere. Method: for the happy saga and each
 * failing one, an environment is crashed before and after each call that it makes to the outside, and then before
 * and after each pair of calls; what was under way comes again once, twice or long after the saga's deadline.
 * Nothing is sampled.
 */
test('a crash before or after any call, and any two of them, break no promise', async () => {
  const figures = await crashEverywhere();
  const { singles, pairs, units } = figures;
  console.log(`Crash points: ${singles} runs with one crash, ${pairs} with two\n${crashTable(figures)}`);
  const broken = units.flatMap((unit) => unit.broken);
  for (const { script } of broken.slice(0, 1)) console.log(reportOf(await replay(script)));
  expect(broken.map(({ violation }) => violation)).toEqual([]);
  expect(units.every((unit) => unit.singles >= 2 * unit.calls - 2 * unit.faults.length)).toBe(true);
  expect(pairs).toBeGreaterThan(50_000);
});
