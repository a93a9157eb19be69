import { percentilesOf } from '../bench/percentiles.ts';
import type { Visit } from './visits.ts';

/** What happened within some seconds. */
export interface Moment {
  readonly fromSeconds: number;
  readonly acceptedPerSecond: number;
  readonly refusedPerSecond: number;
  readonly endedPerSecond: number;
  /** From when an order was due until it had ended, of those accepted then. */
  readonly p50Ms: number | undefined;
  readonly p95Ms: number | undefined;
}

export const isRefused = ({ status }: Visit): boolean => status === 429 || status === 503;

/** Cuts the time from `beganMs` into pieces of equal length. */
export function timelineOf(
  visits: readonly Visit[],
  { beganMs, seconds, stepSeconds }: Readonly<Record<'beganMs' | 'seconds' | 'stepSeconds', number>>,
): readonly Moment[] {
  return Array.from({ length: Math.ceil(seconds / stepSeconds) }, (_, index) => {
    const fromSeconds = index * stepSeconds;
    const isWithin = within(beganMs + fromSeconds * 1_000, stepSeconds * 1_000);
    const came = visits.filter(({ dueMs }) => isWithin(dueMs));
    const latencies = latenciesOf(came);
    const { p50, p95 } = percentilesOf(latencies);
    const known = latencies.length > 0;
    return {
      fromSeconds,
      acceptedPerSecond: came.filter(({ status }) => status === 202).length / stepSeconds,
      refusedPerSecond: came.filter(isRefused).length / stepSeconds,
      endedPerSecond: visits.filter(({ endedMs }) => isWithin(endedMs)).length / stepSeconds,
      p50Ms: known ? p50 : undefined,
      p95Ms: known ? p95 : undefined,
    };
  });
}

const within = (fromMs: number, lengthMs: number) => (ms: number | undefined) =>
  ms !== undefined && ms >= fromMs && ms < fromMs + lengthMs;

export const latenciesOf = (visits: readonly Visit[]): readonly number[] =>
  visits.flatMap(({ dueMs, endedMs }) => (endedMs === undefined ? [] : [endedMs - dueMs]));

/** How many ended in a second, from one time to the other. */
export function endedPerSecond(visits: readonly Visit[], fromMs: number, toMs: number): number {
  const isWithin = within(fromMs, toMs - fromMs);
  return visits.filter(({ endedMs }) => isWithin(endedMs)).length / ((toMs - fromMs) / 1_000);
}

/** After how many seconds all later orders were as quick as that. Infinity if they never were. */
export function calmAfterSeconds(moments: readonly Moment[], fromSeconds: number, p95Ms: number): number {
  const after = moments.filter((moment) => moment.fromSeconds >= fromSeconds && moment.p95Ms !== undefined);
  const last = after.findLastIndex((moment) => (moment.p95Ms ?? 0) > p95Ms);
  const [first, next] = [after[0], after[last + 1]];
  if (first === undefined || next === undefined) return Number.POSITIVE_INFINITY;
  return next.fromSeconds - fromSeconds;
}
