import type { EndCounts } from '../../api/calls.ts';

/** How sagas ended in one hour. */
export interface EndsOfHour {
  /** Such as `13:00`. */
  readonly from: string;
  /** One of each status. */
  readonly counts: readonly number[];
  /** Of all that ended in that hour, how many in a hundred had been cancelled. */
  readonly cancelledPercent: number;
}

/** The latest hours in which sagas ended, newest first, with what ended in each status. */
export function latestEnds(
  { counts }: Pick<EndCounts, 'counts'>,
  statuses: readonly string[],
  hours: number,
) {
  const byHour = [...Map.groupBy(counts, ({ from }) => from)].toSorted(([one], [other]) =>
    one < other ? 1 : -1,
  );
  return byHour.slice(0, hours).map(([from, each]): EndsOfHour => {
    const of = (status: string) => each.find((one) => one.status === status)?.count ?? 0;
    const total = each.reduce((sum, { count }) => sum + count, 0);
    return {
      from: from.slice('2026-11-30T'.length, '2026-11-30T13:00'.length),
      counts: statuses.map(of),
      cancelledPercent: Math.round((100 * of('CANCELLED')) / total),
    };
  });
}
