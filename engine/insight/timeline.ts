import { isoTime } from '../saga/iso-time.ts';
import { waitingKinds } from '../saga/kinds.ts';
import type { Saga } from '../saga/saga.ts';
import { sinceMs } from '../saga/since.ts';
import type { AnyRecord, Part, Seen } from './seen.ts';
import { saidIn, waitsOn } from './waits-on.ts';

/** Something that happened at a participant. */
interface Entry {
  readonly at: string;
  readonly service: string;
  /** The status that it led to, or in which something failed; absent before there is a record. */
  readonly status?: string | undefined;
  readonly cause: string;
  /** Why the cause could not be handled at that time. For staff. */
  readonly error?: string;
}

/** How long a saga may be pending, and what time it is, in milliseconds. */
export interface Moment {
  readonly deadlineMs: number;
  readonly nowMs: number;
}

/** For whom a timeline is: staff see what failed, and when it is tried again. */
export interface Audience extends Moment {
  readonly isStaff: boolean;
}

/** Where a saga is, and why: what all participants know of it, in one. Times are in UTC; each is by its service's clock. */
export function timelineOf(saga: Saga, seen: Seen, { isStaff, ...moment }: Audience): object {
  const { record, parts } = seen;
  return {
    ...summaryOf(saga, seen, moment),
    ...(isStaff ? standing(saga, seen) : {}),
    participants: parts.map((part) => ({
      ...shownTo(isStaff, waitOf(saga, part)),
      ...{ service: part.service, status: part.record?.state.status },
      ...(part.record === undefined || record.isForgotten ? {} : { since: isoTime(sinceMs(part.record)) }),
      ...(isStaff ? troubleOf(part) : {}),
    })),
    entries: entriesOf(parts, isStaff),
  };
}

/** A saga in short. */
export function summaryOf(saga: Saga, { sagaId, record, parts }: Seen, moment: Moment): object {
  const { state, updatedAtMs, isForgotten } = record;
  const { reason, status } = state;
  const createdAtMs = Number(state.createdAtMs);
  const waitingFor = parts.map((part) => waitOf(saga, part)?.waitingFor).find((whom) => whom !== undefined);
  return {
    [saga.id.name]: sagaId,
    status,
    ...(reason === undefined ? {} : { reason }),
    ...(waitingFor === undefined || hasEnded(record) ? {} : { waitingFor }),
    ...(isForgotten ? {} : { createdAt: isoTime(createdAtMs), updatedAt: isoTime(updatedAtMs) }),
    ...(status === 'PENDING' ? deadlineOf(createdAtMs + moment.deadlineMs, moment) : {}),
  };
}

/** Past it the saga cancels itself when the schedule comes to it. */
const deadlineOf = (atMs: number, { nowMs }: Moment): object => ({
  deadline: isoTime(atMs),
  deadlineInSeconds: Math.ceil((atMs - nowMs) / 1_000),
});

/** What only staff see: at whom the saga stands, and when the schedule comes to it. */
export function standing(saga: Saga, seen: Seen): object {
  const { dueEpochSeconds: due } = seen;
  return {
    ...(due === undefined ? {} : { nextNudge: isoTime(due * 1_000) }),
    waitsOn: waitsOn(saga, seen),
  };
}

const hasEnded = ({ state: { status } }: AnyRecord): boolean =>
  status === 'CONFIRMED' || status === 'CANCELLED';

/** What a participant is stuck at. */
export function troubleOf({ trouble, isInTrouble, unknown }: Part): object {
  if (unknown !== undefined) return { lastError: unknown };
  if (trouble === undefined || !isInTrouble) return {};
  const { atMs, error, because, attempts, nextTryMs, isDeadLetter } = trouble;
  return {
    ...{ lastError: error, failedAt: isoTime(atMs), cause: because, attempts },
    ...(nextTryMs === undefined ? {} : { nextTry: isoTime(nextTryMs) }),
    ...(isDeadLetter ? { isDeadLetter } : {}),
  };
}

/** Whom a participant waits for, as it last said. */
function waitOf(saga: Saga, { record }: Part): Readonly<Record<string, unknown>> | undefined {
  for (const [type, data] of saidIn(record ?? {})) {
    if (saga.eventTypes.includes(type) && waitingKinds.has(saga.kindOf(type)))
      return { ...saga.impersonal({ type, data }) };
  }
  return undefined;
}

/** Why somebody has to act is for staff. */
const shownTo = (isStaff: boolean, wait: Readonly<Record<string, unknown>> | undefined): object =>
  isStaff || wait === undefined ? { ...wait } : { waitingFor: wait.waitingFor };

function entriesOf(parts: readonly Part[], isStaff: boolean): readonly Entry[] {
  const entries = parts.flatMap(({ service, record, trouble }): Entry[] => [
    ...(record?.history ?? []).map(({ at, status, because }) => ({ at, service, status, cause: because })),
    ...(trouble === undefined || !isStaff
      ? []
      : [
          {
            at: isoTime(trouble.atMs),
            service,
            status: statusAt(record, trouble.atMs),
            cause: trouble.because,
            error: trouble.error,
          },
        ]),
  ]);
  // A sort keeps the sequence of what is equal.
  return entries.toSorted((one, other) => Date.parse(one.at) - Date.parse(other.at));
}

/** In which status a record was then. */
const statusAt = (record: AnyRecord | undefined, atMs: number): string | undefined =>
  record?.history.findLast(({ at }) => Date.parse(at) <= atMs)?.status;

/** When a record got the status that it has. */
