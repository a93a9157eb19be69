import { expect } from 'vitest';
import { inThreads } from '../pool.ts';
import { newSeed } from '../random.ts';
import { reportOf } from '../report.ts';
import { shrink } from '../shrink.ts';
import { type Found, replay } from '../simulate-seeds.ts';
import { drawSaga } from './declare.ts';

/** Fewer bits than a seed may have: it stands in a file's address, and more sagas are drawn beside it. */
const fresh = (): number => newSeed() % 2 ** 31;

/** Draws sagas that nobody has declared before, and runs each with seeds of its own. The first violation is shown. */
export async function expectNoViolationOf(sagas: number, seedsEach: number): Promise<void> {
  const first = fresh();
  const numbers: number[] = [];
  let refused = 0;
  for (let number = first; numbers.length < sagas; number += 1) {
    if (drawSaga(number) === undefined) refused += 1;
    else numbers.push(number);
  }
  console.log(
    `${sagas} sagas drawn from ${first} on; ${refused} were refused, since they could break a promise.`,
  );
  const violations: (Found & { readonly deployment: string })[] = [];
  const pieces = numbers.map((number) => ({
    deployment: `test/simulation/any-saga/deployment.ts?${number}`,
    from: number * 1_000,
    count: seedsEach,
  }));
  let seeds = 0;
  await inThreads('seeds', pieces, (outcome) => {
    seeds += outcome.seeds;
    violations.push(
      ...outcome.violations.map((found) => ({ ...found, deployment: deploymentOf(found.seed) })),
    );
    return violations.length === 0;
  });
  for (const { deployment, seed } of violations) {
    console.log(JSON.stringify(drawSaga(Math.floor(seed / 1_000))?.saga.participants));
    console.log(reportOf(await replay(await shrink(await replay({ deployment, seed })))));
  }
  expect(violations).toEqual([]);
  expect(seeds).toBe(sagas * seedsEach);
  // Most of what is drawn at random makes no sense; if nearly all is refused, the drawing is of no use.
  expect(refused).toBeLessThan(10 * sagas);
}

const deploymentOf = (seed: number): string =>
  `test/simulation/any-saga/deployment.ts?${Math.floor(seed / 1_000)}`;
