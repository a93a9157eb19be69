import type { LimitsOf } from '../../engine/initiator/limits.ts';
import type { Limits } from '../../engine/saga/tally.ts';
import { Random } from './random.ts';

/** Some runs have a deployment in the middle: some of the functions that begin sagas know of no limits yet, or no more. */
const CHANGING_SEEDS = 0.2;

/** What an owner may do in a run: anything, what it may usually, or so little that it is refused. */
export function limitsIn(seed: number): Limits | undefined {
  const random = new Random(seed, 40);
  const draw = random.fraction();
  if (draw < 0.25) return undefined;
  if (draw < 0.5) return { mostOpen: 20, failuresBeforePause: 3 };
  return {
    mostOpen: random.pick([1, 2, 3]),
    failuresBeforePause: random.pick([1, 2, Number.POSITIVE_INFINITY]),
  };
}

/** The limits as an environment knows them that started when so many calls had been made. */
export function limitsSince(seed: number, calls: number): LimitsOf {
  const isChanging = new Random(seed, 41).chance(CHANGING_SEEDS);
  const isOff = isChanging && new Random(seed, 42, calls).chance(0.5);
  return () => (isOff ? undefined : limitsIn(seed));
}
