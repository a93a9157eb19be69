import { describe, expect, test } from 'vitest';
import { problem, said } from './said.ts';

/** Goal: whoever looks into a day sees what ended, and why. Method: the command, with an API that answers as its document says. */
const CONFIRMED = `ord_${'c'.repeat(24)}`;
const CANCELLED = `ord_${'x'.repeat(24)}`;
const counts = {
  ...{ day: '2026-11-30', total: 8, isWhole: true },
  counts: [
    { from: '2026-11-30T13:00:00.000Z', status: 'CONFIRMED', count: 5 },
    { from: '2026-11-30T14:00:00.000Z', status: 'CANCELLED', count: 1 },
    { from: '2026-11-30T14:00:00.000Z', status: 'CONFIRMED', count: 2 },
  ],
};
const items = [
  {
    ...{ orderId: CANCELLED, status: 'CANCELLED', reason: { code: 'OUT_OF_STOCK', skus: ['mug'] } },
    ...{ createdAt: '2026-11-30T14:01:00.000Z', endedAt: '2026-11-30T14:01:00.500Z' },
  },
  {
    ...{ orderId: CONFIRMED, status: 'CONFIRMED' },
    ...{ createdAt: '2026-11-30T14:00:00.000Z', endedAt: '2026-11-30T14:00:00.100Z' },
  },
];

describe('ended', () => {
  test('counts by hour, and lists what ended and why', async () => {
    const { lines, exitCode, asked } = await said(['ended', '2026-11-30'], {
      answers: [{ body: counts }, { body: { items } }],
      columns: 120,
    });
    expect(lines).toEqual([
      '8 ended on 2026-11-30.',
      'from (UTC)  CANCELLED  CONFIRMED',
      '──────────  ─────────  ─────────',
      '13:00       0          5',
      '14:00       1          2',
      '',
      'order                         status     ended                     why',
      '────────────────────────────  ─────────  ────────────────────────  ────────────',
      `${CANCELLED}  CANCELLED  2026-11-30T14:01:00.500Z  OUT_OF_STOCK`,
      `${CONFIRMED}  CONFIRMED  2026-11-30T14:00:00.100Z`,
    ]);
    expect(exitCode).toBe(0);
    expect(asked.map(({ call }) => call)).toEqual([
      'GET /sagas/ended/counts?day=2026-11-30',
      'GET /sagas/ended?day=2026-11-30&limit=100',
    ]);
  });

  test('is about today if no day is named, and what is asked for goes to the API', async () => {
    const none = { day: '2026-11-30', total: 0, isWhole: false, counts: [] };
    const args = ['ended', '--status', 'CANCELLED', '--reason', 'DEADLINE', '--limit', '7'];
    const { lines, asked } = await said(args, { answers: [{ body: none }, { body: { items: [] } }] });
    expect(lines).toEqual(['At least 0 ended on 2026-11-30.', '', 'There is no order of these.']);
    expect(asked[1]?.call).toMatch(
      /^GET \/sagas\/ended\?day=\d{4}-\d\d-\d\d&status=CANCELLED&reason=DEADLINE&limit=7$/,
    );
  });

  test('goes on to the next page as far as it is told, and says that there is more', async () => {
    const [first, second] = [
      { items: items.slice(0, 1), cursor: 'c1' },
      { items: items.slice(1), cursor: 'c2' },
    ];
    const both = await said(['ended', '2026-11-30', '--limit', '2'], {
      answers: [{ body: counts }, { body: first }, { body: second }],
    });
    expect(both.asked[2]?.call).toBe('GET /sagas/ended?day=2026-11-30&cursor=c1&limit=2');
    expect(both.text).toContain(CONFIRMED);
    expect(both.text).toContain('There are perhaps more: ask with a larger --limit.');
  });

  test('a day that is none is refused by the API, whose words are said', async () => {
    const { complaints, exitCode } = await said(['ended', 'yesterday'], {
      answers: [
        problem(400, 'bad-request', 'The request is not valid', 'day has to be a day such as 2026-11-30.'),
      ],
    });
    expect(complaints.join()).toContain('day has to be a day such as 2026-11-30.');
    expect(exitCode).toBe(1);
  });
});
