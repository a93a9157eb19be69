import * as z from 'zod';
import type { Check } from '../http/check.ts';
import { endpoint } from '../http/endpoint.ts';
import { type HttpFunction, json } from '../http/http.ts';
import { role } from '../http/identity.ts';
import { cursor, encodeCursor, limit } from '../http/paging.ts';
import { Problem } from '../http/problem.ts';
import { parametersOf } from '../http/query.ts';
import { AUDITOR, SUPPORT } from '../http/role.ts';
import { ENDS } from '../saga/initiator-table.ts';
import { isoTime } from '../saga/iso-time.ts';
import type { Saga } from '../saga/saga.ts';
import { eachEnd, endedSagas, type FoundEnd, type Places, type WantedEnds } from './ended-sagas.ts';
import type { Views } from './seen.ts';

/** A call counts no more sagas than this, and begins no page after so long. */
const MAX_COUNTED = 100_000;
const MAX_COUNT_MS = 10_000;
const HOUR_MS = 3_600_000;

interface Insight {
  readonly saga: Saga;
  readonly views: Pick<Views, 'initiator'>;
  readonly now: () => number;
}

/** GET /sagas/ended: those that ended on a day, newest first. */
export function endedListing({ saga, views, now }: Insight): HttpFunction {
  // By partition, `milliseconds id`; empty where nothing is left.
  const Position = z.record(z.string().max(40), z.string().regex(/^(?:\d{1,15} .{1,60})?$/));
  const checks = [role(saga, SUPPORT, AUDITOR), wantedEnds, cursor(Position), limit()] as const;
  return endpoint(saga, checks, async ({ wantedEnds: wanted, cursor, limit }) => {
    const from = cursor && placesIn(saga, cursor);
    const { found, places } = await endedSagas(views.initiator, wanted, { limit, from, now });
    return json(200, {
      items: found.map((each) => shown(saga, each)),
      ...(places === undefined ? {} : { cursor: encodeCursor(positionOf(places)) }),
    });
  });
}

const positionOf = (places: Places): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(places).map(([shard, place]) => [
      shard,
      place === null ? '' : `${place.endedMs} ${place.id}`,
    ]),
  );

/** @throws Problem 400 if no list gave out such a position */
const placesIn = ({ id }: Saga, position: Readonly<Record<string, string>>): Places =>
  Object.fromEntries(
    Object.entries(position).map(([shard, text]) => {
      if (text === '') return [shard, null];
      const [ms = ''] = text.split(' ');
      const parsed = id.schema.safeParse(text.slice(ms.length + 1));
      if (!parsed.success) throw new Problem('bad-request', 'The cursor is not one that this list gave out.');
      return [shard, { id: parsed.data, endedMs: Number(ms) }];
    }),
  );

function shown(saga: Saga, { item, record }: FoundEnd): object {
  const told = {
    ...{ [saga.id.name]: item.pk, status: item.status, endedAt: isoTime(Number(item.endedMs)) },
    createdAt: isoTime(Number(item.createdAtMs)),
  };
  if (record === undefined) return { ...told, lastError: 'its record cannot be read' };
  const { reason } = record.state;
  return reason === undefined ? told : { ...told, reason };
}

/** GET /sagas/ended/counts: how many ended on a day, by hour and status. */
export function endedCounting({ saga, views, now }: Insight): HttpFunction {
  const checks = [role(saga, SUPPORT, AUDITOR), endDay] as const;
  return endpoint(saga, checks, async ({ endDay: day }) => {
    const untilMs = now() + MAX_COUNT_MS;
    const counts = new Map<string, { from: string; status: string; count: number }>();
    let total = 0;
    const isOver = () => total >= MAX_COUNTED || now() > untilMs;
    const { isWhole } = await eachEnd(views.initiator, day, isOver, (status, endedMs) => {
      const from = isoTime(endedMs - (endedMs % HOUR_MS));
      const key = `${from} ${status}`;
      const known = counts.get(key) ?? { from, status, count: 0 };
      known.count += 1;
      counts.set(key, known);
      total += 1;
    });
    const byHour = [...counts].toSorted(([one], [other]) => (one < other ? -1 : 1));
    return json(200, { day, total, counts: byHour.map(([, each]) => each), isWhole });
  });
}

const Query = z.object({
  day: z.iso.date(),
  status: z.enum(ENDS).optional(),
  reason: z.string().min(1).max(255).optional(),
});
const query = parametersOf(Query);
const aDay = { ...query('day', 'The day in UTC, such as 2026-11-30.'), isRequired: true };

/** Finds which sagas the caller wants to see. @throws Problem 400 */
const wantedEnds: Check<{ wantedEnds: WantedEnds }> = {
  tells: {
    parameters: [
      aDay,
      query('status', 'In which status.'),
      query('reason', 'The code of the reason for which it was cancelled.'),
    ],
    problems: ['bad-request'],
  },
  before: ({ event, context }) => {
    const { data } = Query.safeParse(event.queryStringParameters ?? {});
    if (data === undefined)
      throw new Problem(
        'bad-request',
        `day has to be a day such as 2026-11-30, status ${ENDS.join(' or ')}, and reason a code.`,
      );
    const { day, status, reason } = data;
    context.wantedEnds = { day, status, reason };
  },
};

/** Finds the day of which the caller wants to know. @throws Problem 400 */
const endDay: Check<{ endDay: string }> = {
  tells: { parameters: [aDay], problems: ['bad-request'] },
  before: ({ event, context }) => {
    const { data } = Query.pick({ day: true }).safeParse(event.queryStringParameters ?? {});
    if (data === undefined) throw new Problem('bad-request', 'day has to be a day such as 2026-11-30.');
    context.endDay = data.day;
  },
};
