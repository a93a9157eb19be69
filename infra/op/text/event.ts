import type { Timeline } from '../../../api/calls.ts';
import { type Open, why } from './standing.ts';
import { lasting } from './times.ts';

/** An order's status, and why it is cancelled. */
const statusOf = ({ status, reason }: Pick<Open, 'status' | 'reason'>): string =>
  reason === undefined ? status : `${status}, ${reason.code}`;

/** The time of day, in UTC. The date is known to who looks on. */
const timeOfDay = (at: string): string => at.slice('2026-11-30T'.length, '2026-11-30T12:00:00'.length);

const NO_TIME = '        ';

/** What of an open order is worth telling again when it is another: how it stands, and not how long. */
export const signOf = ({
  status,
  reason,
  waitingFor,
  waitsOn,
  lastError,
  troubles = [],
  ...its
}: Open): string =>
  JSON.stringify([
    ...[status, reason, waitingFor, waitsOn, lastError],
    troubles.map(({ service, lastError: error, cause, attempts, isDeadLetter }) => [
      ...[service, error, cause, attempts, isDeadLetter],
    ]),
    (its.deadlineInSeconds ?? 1) <= 0,
  ]);

/** `12:00:00  ord_…  PENDING  waits for the customer` */
export function standingOf(open: Open, nowMs: number): string {
  const times = [open.updatedAt, ...(open.troubles ?? []).map(({ failedAt }) => failedAt)];
  const latest = times
    .filter((each) => each !== undefined)
    .toSorted()
    .at(-1);
  const time = latest === undefined ? NO_TIME : timeOfDay(latest);
  return [time, open.orderId, statusOf(open), why(open, nowMs)].filter((each) => each !== '').join('  ');
}

/** `12:00:00  payment  CHARGING  stock.reserved` */
export const entryOf = ({ at, service, status, cause, error }: Timeline['entries'][number]): string =>
  [
    ...[timeOfDay(at), service],
    ...(status === undefined ? [] : [status]),
    error === undefined ? cause : `${cause}, which failed: ${error}`,
  ].join('  ');

/** Whether nothing more is to happen. */
export const hasEnded = ({ status, waitsOn = [] }: Timeline): boolean =>
  (status === 'CONFIRMED' || status === 'CANCELLED') && waitsOn.length === 0;

/** `12:00:03  ord_…  CONFIRMED  after 3 s` */
export function endOf(timeline: Timeline): string {
  const { orderId, createdAt, updatedAt } = timeline;
  const took =
    createdAt === undefined || updatedAt === undefined
      ? []
      : [`after ${lasting((Date.parse(updatedAt) - Date.parse(createdAt)) / 1_000)}`];
  const time = updatedAt === undefined ? NO_TIME : timeOfDay(updatedAt);
  return [time, orderId, statusOf(timeline), ...took].join('  ');
}
