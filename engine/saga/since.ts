import { msOf } from './iso-time.ts';
import type { SagaRecord } from './table.ts';

/** When a record got the status that it has: repeats of a step stand in its history, too. In milliseconds since 1970. */
export function sinceMs({
  history,
  updatedAtMs,
}: Pick<SagaRecord<unknown>, 'history' | 'updatedAtMs'>): number {
  const status = history.at(-1)?.status;
  const other = history.findLastIndex((entry) => entry.status !== status);
  return msOf(history[other + 1]?.at ?? '') || updatedAtMs;
}
