import type { Counts } from '../../api/calls.ts';
import { type Open, secondsOf } from './marks.ts';

/** So many old ones are enough to look at. */
const ENOUGH = 20;

/**
 * From which age on enough sagas are found: the API lists what the schedule comes to next, and not the oldest. Undefined if all
 * of them have to be asked for.
 */
export function ageOfOldest(
  { counts }: Pick<Counts, 'counts'>,
  status: string | undefined,
): string | undefined {
  const ages = [...new Set(counts.map(({ olderThan }) => olderThan))].toSorted(
    (one, other) => secondsOf(other) - secondsOf(one),
  );
  let found = 0;
  for (const age of ages) {
    for (const each of counts)
      if (each.olderThan === age && (status === undefined || each.status === status)) found += each.count;
    if (found >= ENOUGH) return secondsOf(age) > 0 ? age : undefined;
  }
  return undefined;
}

export const oldestFirst = (sagas: readonly Open[]): readonly Open[] =>
  sagas.toSorted((one, other) => other.ageSeconds - one.ageSeconds);

export interface CountRow {
  readonly status: string;
  readonly total: number;
  readonly cells: readonly (Counts['counts'][number] | undefined)[];
}

/** Counts as a table: a row for each status, and a column for each age that occurs, the youngest first. */
export function countTable({ counts }: Pick<Counts, 'counts'>): {
  readonly ages: readonly { readonly olderThan: string; readonly youngerThan: string | undefined }[];
  readonly rows: readonly CountRow[];
} {
  const ages = [...new Map(counts.map(({ olderThan, youngerThan }) => [olderThan, youngerThan]))]
    .map(([olderThan, youngerThan]) => ({ olderThan, youngerThan }))
    .toSorted((one, other) => secondsOf(one.olderThan) - secondsOf(other.olderThan));
  const rows = [...new Set(counts.map(({ status }) => status))].toSorted().map((status): CountRow => {
    const its = counts.filter((each) => each.status === status);
    return {
      status,
      total: its.reduce((sum, { count }) => sum + count, 0),
      cells: ages.map(({ olderThan }) => its.find((each) => each.olderThan === olderThan)),
    };
  });
  return { ages, rows };
}
