import * as z from 'zod';
import type { TableEdges } from '../batch/edges.ts';
import type { Item, Store } from '../batch/store.ts';
import { AUDIT, AUDIT_PREFIX } from '../saga/audit-index.ts';
import { isoTime } from '../saga/iso-time.ts';
import type { Saga } from '../saga/saga.ts';
import type { AuditEntryView } from './audit-view.ts';
import type { Check } from './check.ts';
import { endpoint } from './endpoint.ts';
import { type HttpFunction, json } from './http.ts';
import { role } from './identity.ts';
import { cursor, encodeCursor, limit } from './paging.ts';
import { Problem } from './problem.ts';
import { parametersOf } from './query.ts';
import { AUDITOR } from './role.ts';

/** Bounds one call: behind so many entries that do not fit, the caller goes on with the cursor. */
const PAGE_SIZE = 100;
const MAX_PAGES = 10;

/** Which entries a request is about. */
interface Wanted {
  readonly day: string | undefined;
  readonly by: string | undefined;
  readonly act: string | undefined;
  readonly about: string | undefined;
}

/** GET /audit/{service}: who did what on a day, newest first. The day is today in UTC if the request names none. */
export function auditReader(
  { saga, service }: { readonly saga: Saga; readonly service: string },
  edges: TableEdges,
): HttpFunction {
  const Position = z.strictObject({
    service: z.literal(service),
    day: z.string(),
    entry: z.string().startsWith(AUDIT_PREFIX),
    atMs: z.int().min(0),
  });
  const checks = [role(saga, AUDITOR), wanted, cursor(Position), limit()] as const;
  return endpoint(saga, checks, async ({ wanted, cursor, limit }) => {
    const day = wanted.day ?? isoTime(edges.now()).slice(0, 10);
    if (cursor !== undefined && cursor.day !== day)
      throw new Problem('bad-request', `The cursor is one of ${cursor.day}. Ask for that day.`);
    const after = cursor && { pk: cursor.entry, auditDay: day, auditAtMs: cursor.atMs };
    const { found, last } = await entriesOf(edges.store, { ...wanted, day }, limit, after);
    return json(200, {
      items: found.map(shown),
      ...(last === undefined
        ? {}
        : { cursor: encodeCursor({ service, day, entry: last.pk, atMs: Number(last.auditAtMs) }) }),
    });
  });
}

/** `last`: behind it there may be more. */
async function entriesOf(
  store: Store,
  wanted: Wanted & { readonly day: string },
  limit: number,
  from: Item | undefined,
): Promise<{ readonly found: readonly Item[]; readonly last: Item | undefined }> {
  const found: Item[] = [];
  let after = from;
  for (let pages = 0; pages < MAX_PAGES; pages += 1) {
    const { entries, next } = await store.query({
      index: AUDIT,
      partition: ['auditDay', wanted.day],
      newestFirst: true,
      limit: isNarrow(wanted) ? PAGE_SIZE : limit - found.length,
      after,
    });
    const items = await store.read(entries.map(({ pk }) => pk));
    for (const entry of entries) {
      const item = items.get(entry.pk);
      if (item === undefined || !fits(item, wanted)) continue;
      found.push(item);
      if (found.length === limit) return { found, last: entry };
    }
    if (next === undefined) return { found, last: undefined };
    after = next;
  }
  return { found, last: after };
}

const isNarrow = ({ by, act, about }: Wanted): boolean => [by, act, about].some((each) => each !== undefined);

const fits = (item: Item, { by, act, about }: Wanted): boolean =>
  (by === undefined || item.by === by) &&
  (act === undefined || item.act === act) &&
  (about === undefined || (Array.isArray(item.about) && item.about.includes(about)));

const shown = ({ at, by, role, act, about, before, after, reason, requestId }: Item): object =>
  ({ at, by, role, act, about, before, after, reason, requestId }) satisfies Record<
    keyof AuditEntryView,
    unknown
  >;

const text = z.string().min(1).max(255).optional();
const Query = z.object({ day: z.iso.date().optional(), by: text, act: text, about: text });

const query = parametersOf(Query);

/** Finds what the caller wants to see. @throws Problem 400 */
const wanted: Check<{ wanted: Wanted }> = {
  tells: {
    parameters: [
      query('day', 'The day in UTC. Today, if there is none.'),
      query('by', 'Who acted: the subject of a member of staff, or the pseudonym of an owner.'),
      query('act', 'What was done.'),
      query('about', 'What it was done to, such as the id of a saga.'),
    ],
    problems: ['bad-request'],
  },
  before: ({ event, context }) => {
    const { data } = Query.safeParse(event.queryStringParameters ?? {});
    if (data === undefined)
      throw new Problem(
        'bad-request',
        'day has to be a date such as 2026-11-30; by, act and about have 1 to 255 characters.',
      );
    const { day, by, act, about } = data;
    context.wanted = { day, by, act, about };
  },
};
