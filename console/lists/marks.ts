import type { Counts, OpenPage } from '../../api/calls.ts';

export type Open = OpenPage['items'][number];

/** How much an open saga needs somebody: `late` is past its deadline, `slow` has been CANCELLING for too long. */
export type Mark = 'late' | 'slow' | undefined;

/** A cancelled saga is through in seconds. */
const SLOW_MS = 5 * 60_000;

/**
 * The mark of an open saga. A list does not say since when a saga is CANCELLING, but when it last changed: so long it is at least.
 */
export function markOf(
  { status, deadline, updatedAt }: Pick<Open, 'status' | 'deadline' | 'updatedAt'>,
  nowMs: number,
): Mark {
  if (deadline !== undefined && Date.parse(deadline) < nowMs) return 'late';
  if (status === 'CANCELLING' && updatedAt !== undefined && nowMs - Date.parse(updatedAt) > SLOW_MS)
    return 'slow';
  return undefined;
}

const UNIT_SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3_600, d: 86_400 };

/** An age such as `90s`, `15m`, `2h` or `3d`, in seconds. Not a number for what is none. */
export const secondsOf = (age: string): number =>
  Number(age.slice(0, -1)) * (UNIT_SECONDS[age.slice(-1)] ?? Number.NaN);

/**
 * The mark of a whole count, whose sagas are all at least so old. `deadlineSeconds`: undefined if it is not known. At its deadline a
 * saga is CANCELLING at the latest.
 */
export function markOfCount(
  { status, olderThan }: Counts['counts'][number],
  deadlineSeconds: number | undefined,
): Mark {
  if (deadlineSeconds === undefined) return undefined;
  const overMs = (secondsOf(olderThan) - deadlineSeconds) * 1_000;
  if (status === 'PENDING' && overMs >= 0) return 'late';
  return status === 'CANCELLING' && overMs >= SLOW_MS ? 'slow' : undefined;
}

/** How long a saga may be PENDING, by what one that is open says of itself. */
export function deadlineSecondsIn(sagas: readonly Open[]): number | undefined {
  const known = sagas.find(({ deadline, createdAt }) => deadline !== undefined && createdAt !== undefined);
  if (known?.deadline === undefined || known.createdAt === undefined) return undefined;
  return (Date.parse(known.deadline) - Date.parse(known.createdAt)) / 1_000;
}
