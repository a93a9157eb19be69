import type { Timeline } from '../../../api/calls.ts';
import { deadlineText, stands, troubleText } from './standing.ts';
import { fields, table } from './table.ts';
import { lasting, moment } from './times.ts';

/** Where an order is, and why, as one reads it in a terminal: in short, then each service, then all that happened. */
export function timelineText(timeline: Timeline, nowMs: number, columns: number): readonly string[] {
  const { orderId, status, reason, waitingFor, waitsOn = [], participants, entries } = timeline;
  const isOneDay = new Set(entries.map(({ at }) => at.slice(0, 10))).size <= 1;
  const time = (at: string) => (isOneDay ? at.slice(11, -1) : `${at.slice(0, 10)} ${at.slice(11, -1)}`);
  return [
    ...fields(
      [
        ['order', orderId],
        ['status', status + (reason === undefined ? '' : `, ${reason.code}`)],
        ['waits for', waitingFor ?? ''],
        ['stands at', waitsOn.map(stands).join('; ')],
        ['placed', moment(timeline.createdAt, nowMs)],
        ['changed', moment(timeline.updatedAt, nowMs)],
        ['deadline', deadlineOf(timeline)],
        ['next nudge', moment(timeline.nextNudge, nowMs)],
      ],
      columns,
    ),
    '',
    ...table(
      ['service', 'status', 'since', 'what holds it up'],
      participants.map((each) => [
        each.service,
        each.status ?? withoutRecord(each),
        each.since ?? '',
        holdUp(each, nowMs),
      ]),
      columns,
    ),
    ...(entries.length === 0
      ? []
      : [
          '',
          ...table(
            ['time (UTC)', 'service', 'status', 'because of'],
            entries.map(({ at, service, status: then, cause, error }) => [
              time(at),
              service,
              then ?? '',
              error === undefined ? cause : `${cause}, which failed: ${error}`,
            ]),
            columns,
          ),
        ]),
  ];
}

function deadlineOf({ deadline, deadlineInSeconds: seconds }: Timeline): string {
  if (deadline === undefined || seconds === undefined) return '';
  return `${deadline} (${seconds > 0 ? `in ${lasting(seconds)}` : deadlineText(seconds)})`;
}

/** Who failed at an event has a cause. Of whom something else is wrong nobody can say what it has heard. */
const withoutRecord = ({ lastError, cause }: Timeline['participants'][number]): string =>
  lastError !== undefined && cause === undefined ? 'unknown' : 'has heard nothing';

function holdUp(participant: Timeline['participants'][number], nowMs: number): string {
  const { waitingFor, reason } = participant;
  const wait = waitingFor === undefined ? [] : [`waits for the ${waitingFor}`];
  const because = typeof reason === 'string' && waitingFor !== undefined ? [reason] : [];
  const trouble = troubleText(participant, nowMs);
  return [[...wait, ...because].join(': '), trouble].filter((each) => each !== '').join('; ');
}
