import type { Counts } from '../../api/calls.ts';
import type { Request } from '../../api/client.ts';
import { Age } from '../../engine/saga/age.ts';
import { limitOf, serviceNamed, textOf } from './named.ts';
import type { Operation } from './operation.ts';
import { allPages } from './pages.ts';
import { isStuck, type Open, why } from './text/standing.ts';
import { table } from './text/table.ts';
import { lasting } from './text/times.ts';

type Query = NonNullable<Request<'GET /sagas'>['query']>;

const PAGE = 100;

export const sagas: Operation = {
  usage: 'sagas',
  about: 'How many orders are open, which, at whom they stand, and why.',
  options: [
    {
      flags: '--stuck',
      about: 'only those that wait for somebody, have failed at something, or are open for a minute',
    },
    { flags: '--status <status>', about: 'PENDING or CANCELLING' },
    { flags: '--older-than <age>', about: 'at least so old, such as 90s, 15m, 2h or 3d' },
    { flags: '--service <service>', about: 'that stand at this service' },
    { flags: '--limit <number>', about: 'at most so many (100)' },
  ],
  run: async ({ options, columns, nowMs }, { ask }) => {
    const limit = limitOf(options.limit, PAGE);
    const query = queryOf(options);
    const fits = options.stuck === true ? isStuck : () => true;
    const { body: counts } = await ask('GET /sagas/counts');
    const { page, failure } = await allPages(
      async (cursor) => {
        const from = cursor === undefined ? {} : { cursor };
        const { body } = await ask('GET /sagas', {
          query: { ...query, ...from, limit: Math.min(limit, PAGE) },
        });
        return { ...body, items: body.items.filter(fits) };
      },
      ({ length }) => length >= limit,
    );
    const items = page.items.slice(0, limit);
    const hasMore = page.cursor !== undefined || page.items.length > limit;
    const which = options.stuck === true ? 'stuck ' : '';
    return {
      lines: [
        ...countLines(counts, nowMs, columns),
        '',
        ...(items.length === 0
          ? [`There is no ${which}order${Object.keys(query).length > 0 ? ' of these' : ''}.`]
          : sagaTable(items, nowMs, columns)),
        ...(hasMore ? ['', 'There are perhaps more: ask with a larger --limit.'] : []),
      ],
      answer: { counts, items, ...(page.cursor === undefined ? {} : { cursor: page.cursor }) },
      isDone: true,
      failure,
    };
  },
};

function queryOf({ status, olderThan, service }: Readonly<Record<string, unknown>>): Query {
  const age = textOf(olderThan);
  return {
    // The API refuses another one, and says which there are.
    ...(status === undefined ? {} : { status: status as NonNullable<Query['status']> }),
    ...(age === undefined ? {} : { olderThan: age }),
    ...(service === undefined ? {} : { service: serviceNamed(service) }),
  };
}

function countLines({ total, counts, oldest, isWhole }: Counts, nowMs: number, columns: number) {
  const open = `${isWhole ? '' : 'At least '}${total} open`;
  if (oldest === undefined) return [`${open}.`];
  const byAge = counts.toSorted((one, other) => Age.parse(one.olderThan) - Age.parse(other.olderThan));
  const ages = byAge.map(({ olderThan, youngerThan = '' }) => `${olderThan}–${youngerThan}`);
  const columnsOf = [...new Set(ages)];
  const rows = [...new Set(counts.map(({ status }) => status))].map((status) => [
    status,
    ...columnsOf.map((age) =>
      String(byAge.find((each, index) => each.status === status && ages[index] === age)?.count ?? 0),
    ),
  ]);
  const oldestSeconds = Math.max(0, (nowMs - Date.parse(oldest)) / 1_000);
  return [
    `${open}, the oldest for ${lasting(oldestSeconds)}.`,
    ...table(['status', ...columnsOf], rows, columns),
  ];
}

const sagaTable = (items: readonly Open[], nowMs: number, columns: number) =>
  table(
    ['order', 'status', 'age', 'at', 'why'],
    items.map((each) => [
      each.orderId,
      each.status,
      lasting(each.ageSeconds),
      (each.waitsOn ?? []).map(({ service }) => service).join(', '),
      why(each, nowMs),
    ]),
    columns,
  );
