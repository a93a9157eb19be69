import type { Invocation } from '../invocation.ts';
import type { World } from '../world/world.ts';
import { rowOf } from './row.ts';

/** What the schedule finds overdue when a run of it begins: when each was due, by key. */
export function dueAt(world: World, nowMs: number): ReadonlyMap<string, number> {
  const seconds = Math.floor(nowMs / 1000);
  return new Map(
    [...world.sagas].flatMap(([key, { dueEpochSeconds }]) =>
      typeof dueEpochSeconds === 'number' && dueEpochSeconds <= seconds ? [[key, dueEpochSeconds]] : [],
    ),
  );
}

/**
 * A run of the schedule passes over no saga because of another one that cannot be written. What it has claimed another
 * invocation may have written since, with a due time from before.
 */
export function flawOfSchedule(world: World, { due, unwritten, claimed }: Invocation): string | undefined {
  const left = [...due].find(
    ([key, seconds]) =>
      !unwritten.has(key) && !claimed.has(key) && rowOf(world.sagas.get(key))?.dueEpochSeconds === seconds,
  );
  return left && `${left[0]} was overdue, and a run of the schedule passed over it`;
}
