import { expect } from 'vitest';
import { reportOf } from '../report.ts';
import { replay } from '../simulate-seeds.ts';
import { crashEverywhere, crashTable } from './in-threads.ts';

/** Crashes a deployment's sagas at every point, the shop's if none is named. The first one that breaks is shown. */
export async function expectNothingBroken(deployment?: string): Promise<void> {
  const figures = await crashEverywhere(undefined, deployment);
  const { singles, pairs, units } = figures;
  console.log(`Crash points: ${singles} runs with one crash, ${pairs} with two\n${crashTable(figures)}`);
  const broken = units.flatMap((unit) => unit.broken);
  for (const { script } of broken.slice(0, 1)) console.log(reportOf(await replay(script)));
  expect(broken.map(({ violation }) => violation)).toEqual([]);
  expect(units.every((unit) => unit.singles >= 2 * unit.calls - 2 * unit.faults.length)).toBe(true);
  expect(pairs).toBeGreaterThan(50_000);
}
