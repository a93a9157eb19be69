import type { View } from '../asking/pace.ts';
import type { Open } from './marks.ts';

/** What a service fails on, at how many of the sagas that are listed. */
export interface Failing {
  readonly service: string;
  readonly error: string;
  readonly sagas: number;
}

/** What the services fail on now, the most frequent first: a provider that is down shows here. */
export function failingIn(sagas: readonly Open[]): readonly Failing[] {
  const failing = new Map<string, { service: string; error: string; sagas: number }>();
  for (const { troubles = [] } of sagas)
    for (const { service, lastError } of troubles) {
      if (lastError === undefined) continue;
      const name = JSON.stringify([service, lastError]);
      const known = failing.get(name) ?? { service, error: lastError, sagas: 0 };
      known.sagas += 1;
      failing.set(name, known);
    }
  return [...failing.values()].toSorted((one, other) => other.sagas - one.sagas);
}

/**
 * Whether the broker answers. No call says so, but dead letters are read from its queues: it does if any of these could be read.
 */
export function brokerText(views: readonly View<unknown>[]): string {
  if (views.some(({ data, failure }) => data !== undefined && failure === undefined))
    return '● the broker answers';
  const failure = views.find((each) => each.failure !== undefined)?.failure;
  return failure === undefined ? '… asking the broker' : `✕ nothing is heard of the broker: ${failure}`;
}
