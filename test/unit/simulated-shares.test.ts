import { expect, test } from 'vitest';
import { Coverage } from '../simulation/coverage.ts';
import { uncoveredBy } from '../simulation/coverage-goals.ts';
import { deployment } from '../simulation/shop/deployment.ts';

/** Goal: too few honest buyers beside a hoarder fail a run of many seeds, and so do none at all. */
const served = 'an honest buyer was served';
const all = 'an honest buyer beside a hoarder';

const missingAfter = (seeds: number, counts: Readonly<Record<string, number>>): readonly string[] => {
  const coverage = new Coverage();
  for (const [what, times] of Object.entries(counts)) coverage.count(what, times);
  return uncoveredBy(deployment, coverage, seeds).filter((each) => each.includes('honest'));
};

test.each([
  [{ [all]: 1_000, [served]: 900 }, []],
  [{ [all]: 1_000, [served]: 899 }, [`${served}: 899 of 1000`]],
  [{}, [all]],
])('of %o is missing: %o', (counts, missing) => {
  expect(missingAfter(10_000, counts)).toEqual(missing);
  expect(missingAfter(100, counts)).toEqual([]);
});
