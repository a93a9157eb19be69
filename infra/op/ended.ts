import type { EndCounts, EndedPage } from '../../api/calls.ts';
import type { Request } from '../../api/client.ts';
import { isoDay } from '../../engine/saga/iso-time.ts';
import { limitOf, textOf } from './named.ts';
import type { Operation } from './operation.ts';
import { allPages } from './pages.ts';
import { table } from './text/table.ts';

type Query = NonNullable<Request<'GET /sagas/ended'>['query']>;

const PAGE = 100;

export const ended: Operation = {
  usage: 'ended [day]',
  about: 'How many orders ended on a day in UTC, such as 2026-11-30 (today), which, and why.',
  options: [
    { flags: '--status <status>', about: 'CONFIRMED or CANCELLED' },
    { flags: '--reason <code>', about: 'that were cancelled for this reason, such as OUT_OF_STOCK' },
    { flags: '--limit <number>', about: 'at most so many (100)' },
  ],
  run: async ({ args, options, columns, nowMs }, { ask }) => {
    const limit = limitOf(options.limit, PAGE);
    // The API refuses what is no day, or no status, and says what is.
    const day = args[0] ?? isoDay(nowMs);
    const [status, reason] = [textOf(options.status), textOf(options.reason)];
    const query: Query = {
      day,
      ...(status === undefined ? {} : { status: status as NonNullable<Query['status']> }),
      ...(reason === undefined ? {} : { reason }),
    };
    const { body: counts } = await ask('GET /sagas/ended/counts', { query: { day } });
    const { page, failure } = await allPages(
      async (cursor) => {
        const from = cursor === undefined ? {} : { cursor };
        return (await ask('GET /sagas/ended', { query: { ...query, ...from, limit: Math.min(limit, PAGE) } }))
          .body;
      },
      ({ length }) => length >= limit,
    );
    const items = page.items.slice(0, limit);
    const hasMore = page.cursor !== undefined || page.items.length > limit;
    return {
      lines: [
        ...countLines(counts, columns),
        '',
        ...(items.length === 0 ? ['There is no order of these.'] : endTable(items, columns)),
        ...(hasMore ? ['', 'There are perhaps more: ask with a larger --limit.'] : []),
      ],
      answer: { counts, items, ...(page.cursor === undefined ? {} : { cursor: page.cursor }) },
      isDone: true,
      failure,
    };
  },
};

/** By hour, in one row each. */
function countLines({ day, total, counts, isWhole }: EndCounts, columns: number): readonly string[] {
  const said = `${isWhole ? '' : 'At least '}${total} ended on ${day}.`;
  const statuses = [...new Set(counts.map(({ status }) => status))].toSorted();
  const rows = [...Map.groupBy(counts, ({ from }) => from)].map(([from, each]) => [
    from.slice('2026-11-30T'.length, '2026-11-30T13:00'.length),
    ...statuses.map((status) => String(each.find((one) => one.status === status)?.count ?? 0)),
  ]);
  return rows.length === 0 ? [said] : [said, ...table(['from (UTC)', ...statuses], rows, columns)];
}

const endTable = (items: EndedPage['items'], columns: number): readonly string[] =>
  table(
    ['order', 'status', 'ended', 'why'],
    items.map(({ orderId, status, endedAt, reason, lastError }) => [
      ...[orderId, status, endedAt],
      lastError ?? reason?.code ?? '',
    ]),
    columns,
  );
