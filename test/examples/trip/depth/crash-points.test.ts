import { expect, test } from 'vitest';
import { crashEverywhere, crashTable } from '../../../simulation/crash-points/in-threads.ts';
import { reportOf } from '../../../simulation/report.ts';
import { replay } from '../../../simulation/simulate-seeds.ts';

/**
 * Goal: a process may die anywhere, also where participants act side by side. Method: as for the shop: an environment is
 * crashed before and after each call of a trip, and then before and after each pair of calls. The trip goes well, is
 * refused by each of those who can refuse it and by two of them at once, is cancelled at every call, or passes its
 * deadline. Where the car company never answers, there are so many calls that there is one crash at a time.
 */
test('a crash before or after any call of a trip, and any two of them, break no promise', async () => {
  const figures = await crashEverywhere(undefined, 'test/examples/trip/deployment.ts');
  const { singles, pairs, units } = figures;
  console.log(`Crash points: ${singles} runs with one crash, ${pairs} with two\n${crashTable(figures)}`);
  const broken = units.flatMap((unit) => unit.broken);
  for (const { script } of broken.slice(0, 1)) console.log(reportOf(await replay(script)));
  expect(broken.map(({ violation }) => violation)).toEqual([]);
  expect(units.every((unit) => unit.singles >= 2 * unit.calls - 2 * unit.faults.length)).toBe(true);
  expect(pairs).toBeGreaterThan(50_000);
}, 1_800_000);
