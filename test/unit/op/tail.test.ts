import { describe, expect, test } from 'vitest';
import type { OpenPage, Timeline } from '../../../api/calls.ts';
import { Refusal } from '../../../infra/op/ask.ts';
import { follow } from '../../../infra/op/follow.ts';
import { widthOf } from '../../../infra/op/text/terminal.ts';
import { FAILING, open, QUICK, timeline, WAITING } from './orders.ts';
import { type Answer, LOCAL, problem, said } from './said.ts';

/** Goal: whoever is on call sees what happens, as it happens. Method: the command, with an API that answers as its document says. */
const [waiting, failing, quick] = open.items as [
  OpenPage['items'][number],
  OpenPage['items'][number],
  OpenPage['items'][number],
];
const page = (...items: OpenPage['items']): Answer => ({ body: { items } });
const away = new TypeError('fetch failed', { cause: new Error('connect ECONNREFUSED 127.0.0.1:3000') });
const busy: Answer = {
  ...problem(503, 'unavailable', 'Try again in a moment', 'The database does not answer.'),
  headers: { 'retry-after': '2' },
};
const confirmed: Timeline = {
  ...{ orderId: QUICK, status: 'CONFIRMED', waitsOn: [], participants: [], entries: [] },
  ...{ createdAt: '2026-11-30T11:59:59.000Z', updatedAt: '2026-11-30T12:00:02.000Z' },
};

describe('of all open orders', () => {
  test('each change is one line, and an end another; Ctrl-C ends it well', async () => {
    const later = { ...failing, troubles: [{ ...failing.troubles?.[0], service: 'payment', attempts: 4 }] };
    const { lines, exitCode, asked, complaints } = await said(['tail'], {
      answers: [
        page(waiting, failing, quick),
        page(waiting, failing, quick),
        page(waiting, later),
        { body: confirmed },
      ],
      columns: 160,
    });
    expect(lines).toEqual([
      `11:48:00  ${WAITING}  PENDING  waits for the customer`,
      `11:59:50  ${FAILING}  CANCELLING, CUSTOMER  payment: ProviderError: StripeConnectionError (at order.cancelling, 3 attempts, next try in 20 s)`,
      `11:59:59  ${QUICK}  PENDING  inventory has yet to hear order.placed`,
      `11:59:50  ${FAILING}  CANCELLING, CUSTOMER  payment: ProviderError: StripeConnectionError (at order.cancelling, 4 attempts, next try in 20 s)`,
      `12:00:02  ${QUICK}  CONFIRMED  after 3 s`,
    ]);
    expect(asked.map(({ call }) => call)).toEqual([
      ...Array.from({ length: 3 }, () => 'GET /sagas?limit=100'),
      `GET /orders/${QUICK}/timeline`,
    ]);
    expect([exitCode, complaints]).toEqual([0, []]);
  });

  test('time that passes is no change, until the deadline has', async () => {
    const [near, past] = [30, -1].map((deadlineInSeconds) => ({ ...quick, deadlineInSeconds }));
    const answers = [
      page(quick),
      page({ ...quick, ageSeconds: 9 }),
      page(near ?? quick),
      page(past ?? quick),
    ];
    const { lines } = await said(['tail'], { answers, columns: 160 });
    expect(lines).toHaveLength(2);
    expect(lines[1]).toContain('past its deadline for 1 s');
  });

  test('an order that has left the list and goes on is asked for until it has ended, and told of once', async () => {
    const goesOn = { body: { ...confirmed, status: 'PENDING', waitsOn: [{ service: 'order' }] } };
    const { lines, asked } = await said(['tail'], {
      answers: [page(quick), page(), goesOn, page(), { body: confirmed }, page()],
    });
    expect(lines).toHaveLength(2);
    expect(asked).toHaveLength(6);
  });

  test('an order that there is not any more is forgotten in silence', async () => {
    const gone = problem(404, 'not-found', 'Not found', 'There is no order with this id.');
    const { lines, complaints, asked } = await said(['tail'], {
      answers: [page(quick), page(), gone, page()],
    });
    expect([lines.length, complaints, asked.length]).toEqual([1, [], 4]);
  });

  test('all pages are looked at, as far as there is a bound', async () => {
    const next = { body: { items: [quick], cursor: 'c' } };
    const { asked } = await said(['tail'], { answers: [next, page(waiting)] });
    expect(asked.map(({ call }) => call)).toEqual(['GET /sagas?limit=100', 'GET /sagas?limit=100&cursor=c']);
    const id = (index: number) => `ord_${String(index).padStart(24, '0')}`;
    const full = (from: number) =>
      Array.from({ length: 100 }, (_, index) => ({ ...quick, orderId: id(from + index) }));
    const pages = [0, 100, 200, 300, 400].map((from) => ({
      body: { items: full(from), cursor: `c${from}` },
    }));
    const many = await said(['tail'], { answers: pages });
    expect([many.asked.length, many.lines.length]).toEqual([5, 500]);
  });

  test('it looks less often where nothing happens, and at once again where something does', async () => {
    const quiet = Array.from({ length: 4 }, () => page(waiting));
    const { paused } = await said(['tail'], { answers: [page(waiting), ...quiet, page(waiting, failing)] });
    expect(paused).toEqual([2_000, 4_000, 8_000, 8_000, 8_000, 2_000]);
  });

  test('one line says that the API is away, and it goes on where it was once that is back', async () => {
    const { lines, complaints, exitCode, paused } = await said(['tail'], {
      answers: [page(waiting), away, busy, away, away, page(waiting, failing)],
    });
    expect(complaints).toEqual([
      `${LOCAL} does not answer: connect ECONNREFUSED 127.0.0.1:3000. It is asked again.`,
    ]);
    expect(paused).toEqual([2_000, 4_000, 8_000, 16_000, 30_000, 2_000]);
    expect([lines.length, exitCode]).toEqual([2, 0]);
  });

  test.each([
    [[away], `${LOCAL} does not answer: connect ECONNREFUSED 127.0.0.1:3000`],
    [
      [page(waiting), problem(403, 'forbidden', 'This role may not do that', 'Only some may.')],
      'This role may not do that: Only some may.',
    ],
  ])('what will not pass by itself ends it: %#', async (answers, complaint) => {
    const { complaints, exitCode } = await said(['tail'], { answers });
    expect([complaints, exitCode]).toEqual([[complaint], 1]);
  });

  test.each([1, 20, 80])('a line fits %i columns', async (columns) => {
    const evil = { ...waiting, waitingFor: '\u001b[31mcustomer 返金' };
    const { lines } = await said(['tail'], { answers: [page(evil, failing)], columns });
    expect(lines).toHaveLength(2);
    for (const line of lines) {
      expect(widthOf(line)).toBeLessThanOrEqual(columns);
      expect(line).not.toMatch(/\p{Cc}/u);
    }
  });

  test('--json says each in a line', async () => {
    const { lines } = await said(['tail', '--json'], {
      answers: [page(waiting, quick), page(waiting), { body: confirmed }],
    });
    const { participants: _, entries: __, waitsOn: ___, ...ended } = confirmed;
    expect(lines.map((line) => JSON.parse(line))).toEqual([waiting, quick, ended]);
  });
});

test('Ctrl-C while it asks ends it well, too', async () => {
  const complaints: string[] = [];
  let isInterrupted = false;
  const watch = {
    ...{ tell: () => {}, now: () => 0, pause: async () => {} },
    ...{ complain: (line: string) => void complaints.push(line), isInterrupted: () => isInterrupted },
  };
  const look = async () => {
    isInterrupted = true;
    throw new Refusal('This operation was aborted');
  };
  await expect(follow(look, watch)).resolves.toBeUndefined();
  expect(complaints).toEqual([]);
});

describe('--order', () => {
  const early = { ...timeline, entries: timeline.entries.slice(0, 2) };
  const end: Timeline = { ...timeline, status: 'CANCELLED', waitsOn: [] };

  test('tells each entry once, also one that comes late, and ends with the order', async () => {
    const [first, second, ...others] = timeline.entries;
    const { lines, exitCode, asked } = await said(['tail', '--order', FAILING], {
      answers: [
        { body: { ...early, entries: [second] } },
        { body: { ...early, entries: [first, second] } },
        { body: end },
      ],
      columns: 120,
    });
    expect(lines).toEqual([
      '11:58:00  inventory  RESERVED  order.placed',
      '11:58:00  order  PENDING  POST /orders',
      ...['payment  CHARGING  stock.reserved'].map((text) => `11:58:00  ${text}`),
      '11:58:10  order  CANCELLING  cancelled',
      '11:58:10  inventory  RELEASED  order.cancelling',
      '11:59:50  payment  CHARGING  order.cancelling, which failed: ProviderError: StripeConnectionError',
      `11:58:10  ${FAILING}  CANCELLED, CUSTOMER  after 10 s`,
    ]);
    expect(others).toHaveLength(4);
    expect(asked).toHaveLength(3);
    expect(exitCode).toBe(0);
  });

  test('takes any id, and asks once whose it is', async () => {
    const found = {
      ...{ orderId: FAILING, status: 'CANCELLING', foundBy: 'id of the payment intent' },
      timeline: `/orders/${FAILING}/timeline`,
    };
    const { asked } = await said(['tail', '--order', 'pi_1'], {
      answers: [{ body: found }, { body: early }, { body: end }],
    });
    expect(asked.map(({ call }) => call)).toEqual([
      'GET /lookup?id=pi_1',
      ...[1, 2].map(() => `GET /orders/${FAILING}/timeline`),
    ]);
  });

  test('an order that is not told to others yet goes on', async () => {
    const untold = { ...end, waitsOn: [{ service: 'order', toSay: ['order.cancelled'] }] };
    const { asked } = await said(['tail', '--order', FAILING], {
      answers: [{ body: untold }, { body: end }],
    });
    expect(asked).toHaveLength(2);
  });

  test('of one that there is not is refused', async () => {
    const { complaints, exitCode } = await said(['tail', '--order', FAILING], {
      answers: [problem(404, 'not-found', 'Not found', 'There is none.')],
    });
    expect([complaints, exitCode]).toEqual([['Not found: There is none.'], 1]);
  });
});
