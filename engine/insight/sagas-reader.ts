import * as z from 'zod';
import type { Check } from '../http/check.ts';
import { endpoint } from '../http/endpoint.ts';
import { type HttpFunction, json } from '../http/http.ts';
import { role } from '../http/identity.ts';
import { cursor, encodeCursor, limit } from '../http/paging.ts';
import { Problem } from '../http/problem.ts';
import { parametersOf } from '../http/query.ts';
import { AUDITOR, SUPPORT } from '../http/role.ts';
import { AGES, Age, ageGroupOf } from '../saga/age.ts';
import { dueShards } from '../saga/initiator-table.ts';
import { isoTime } from '../saga/iso-time.ts';
import type { Saga } from '../saga/saga.ts';
import { endedCounting, endedListing } from './ended-reader.ts';
import { eachOpen, type Found, openSagas, type Wanted } from './open-sagas.ts';
import type { Views } from './seen.ts';
import { type Moment, standing, summaryOf, troubleOf } from './timeline.ts';

/** A call counts no more open sagas than this, and begins no page after so long. */
const MAX_COUNTED = 20_000;
const MAX_COUNT_MS = 10_000;

interface Insight {
  readonly saga: Saga;
  readonly views: Views;
  readonly now: () => number;
  readonly deadlineMs: () => number;
}

/** GET /sagas and GET /sagas/counts, and both of those that have ended, for staff. */
export function sagasReader(insight: Insight): HttpFunction {
  const list = listing(insight);
  const calls = new Map([
    ['counts', counting(insight)],
    ['ended', endedListing(insight)],
    ['ended/counts', endedCounting(insight)],
  ]);
  const at = (_: string, path = ''): HttpFunction => calls.get(path.replace(/^\/\w+\/?/, '')) ?? list;
  const handler: HttpFunction = (event, context) => at(event.httpMethod, event.resource)(event, context);
  return Object.assign(handler, { at });
}

/** GET /sagas: open ones, with what each waits for, and why. */
function listing({ saga, views, now, deadlineMs }: Insight): HttpFunction {
  const Shard = z.enum(dueShards as [string, ...string[]]);
  const Position = z.union([
    z.strictObject({ shard: Shard }),
    z.strictObject({ shard: Shard, id: saga.id.schema, due: z.int().min(0) }),
  ]);
  const checks = [role(saga, SUPPORT, AUDITOR), wanted(saga), cursor(Position), limit()] as const;
  return endpoint(saga, checks, async ({ wanted, cursor, limit }) => {
    const nowMs = now();
    const { found, last } = await openSagas(saga, views, wanted, { limit, from: cursor, now });
    const { shard, id, due } = last ?? {};
    return json(200, {
      items: found.map((each) => shown(saga, each, { nowMs, deadlineMs: deadlineMs() })),
      ...(shard === undefined
        ? {}
        : {
            cursor: encodeCursor({ shard, ...(id === undefined || due === undefined ? {} : { id, due }) }),
          }),
    });
  });
}

function shown(saga: Saga, { item, seen }: Found, moment: Moment): object {
  const ageSeconds = Math.max(0, Math.round((moment.nowMs - Number(item.createdAtMs)) / 1_000));
  if (seen === undefined)
    return {
      [saga.id.name]: item.pk,
      status: item.status,
      ageSeconds,
      lastError: 'its record cannot be read',
    };
  const troubles = seen.parts.flatMap((part) => {
    const trouble = troubleOf(part);
    return 'lastError' in trouble ? [{ service: part.service, ...trouble }] : [];
  });
  return { ...summaryOf(saga, seen, moment), ageSeconds, ...standing(saga, seen), troubles };
}

/** GET /sagas/counts: how many are open, by status and age. */
function counting({ saga, views, now }: Insight): HttpFunction {
  const checks = [role(saga, SUPPORT, AUDITOR)] as const;
  return endpoint(saga, checks, async () => {
    const startedMs = now();
    const counts = new Map<string, number[]>();
    let total = 0;
    let oldestMs = Number.POSITIVE_INFINITY;
    const isOver = () => total >= MAX_COUNTED || now() - startedMs > MAX_COUNT_MS;
    const { isWhole } = await eachOpen(views, isOver, (item) => {
      const createdAtMs = Number(item.createdAtMs);
      const age = ageGroupOf(startedMs - createdAtMs);
      const status = typeof item.status === 'string' ? item.status : 'UNKNOWN';
      const byAge = counts.get(status) ?? AGES.map(() => 0);
      byAge[age] = (byAge[age] ?? 0) + 1;
      counts.set(status, byAge);
      total += 1;
      oldestMs = Math.min(oldestMs, createdAtMs);
    });
    return json(200, {
      at: isoTime(startedMs),
      total,
      ...(total === 0 ? {} : { oldest: isoTime(oldestMs) }),
      counts: [...counts].flatMap(([status, byAge]) =>
        byAge.flatMap((count, index) => {
          const youngerThan = AGES[index + 1];
          const range = { olderThan: AGES[index], ...(youngerThan === undefined ? {} : { youngerThan }) };
          return count === 0 ? [] : [{ status, ...range, count }];
        }),
      ),
      isWhole,
    });
  });
}

const OPEN = ['PENDING', 'CANCELLING'] as const;

/** Finds which sagas the caller wants to see. @throws Problem 400 */
const wanted = ({ services }: Saga): Check<{ wanted: Wanted }> => {
  const Query = z.object({
    status: z.enum(OPEN).optional(),
    olderThan: Age.optional(),
    reason: z.string().min(1).max(255).optional(),
    service: z.enum(services as [string, ...string[]]).optional(),
  });
  const query = parametersOf(Query);
  return {
    tells: {
      parameters: [
        query('status', 'In which status.'),
        query('olderThan', 'At least so old, such as 90s, 15m, 2h or 3d.'),
        query('reason', 'The code of the reason for which it is cancelled.'),
        query('service', 'At whom it stands.'),
      ],
      problems: ['bad-request'],
    },
    before: ({ event, context }) => {
      const { data } = Query.safeParse(event.queryStringParameters ?? {});
      if (data === undefined)
        throw new Problem(
          'bad-request',
          `Only open ones are listed here, so status has to be ${OPEN.join(' or ')} (/sagas/ended has the others); olderThan a time such as 90s, 15m, 2h or 3d; ` +
            `reason a code; service one of ${services.join(', ')}.`,
        );
      const { olderThan: olderThanMs, status, reason, service } = data;
      context.wanted = { status, olderThanMs, reason, service };
    },
  };
};
