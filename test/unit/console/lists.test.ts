import { describe, expect, test } from 'vitest';
import { type DeadLetter, groupsOf, MAX_NAMED, namedBy } from '../../../console/lists/groups.ts';
import { deadlineSecondsIn, markOf, markOfCount, secondsOf } from '../../../console/lists/marks.ts';
import { ageOfOldest, countTable, oldestFirst } from '../../../console/lists/oldest.ts';

const letterOf = (digest: string, reason: string, type?: string, lastError?: string): DeadLetter => ({
  digest,
  reason,
  attempts: 5,
  bytes: 2,
  body: '{}',
  ...(type === undefined ? {} : { type }),
  ...(lastError === undefined ? {} : { lastError }),
});

describe('dead letters', () => {
  test('are grouped by reason and type, whatever ids and numbers a reason has, the largest group first', () => {
    const groups = groupsOf([
      letterOf('1', 'ord_aaaaaaaaaaaaaaaaaaaaaaaa was never placed', 'stock.reserved'),
      letterOf('2', 'not JSON'),
      letterOf('3', 'ord_bbbbbbbbbbbbbbbbbbbbbbbb was never placed', 'stock.reserved'),
      letterOf('4', 'ord_cccccccccccccccccccccccc was never placed', 'payment.captured'),
    ]);
    expect(groups.map(({ reason, type, letters }) => [reason, type, letters.length])).toEqual([
      ['… was never placed', 'stock.reserved', 2],
      ['not JSON', '', 1],
      ['… was never placed', 'payment.captured', 1],
    ]);
  });

  test('that gave up for different errors are different groups', () => {
    const groups = groupsOf([
      letterOf('1', 'gave up after 5 attempts', 'a', 'timeout'),
      letterOf('2', 'gave up after 6 attempts', 'a', 'timeout'),
      letterOf('3', 'gave up after 5 attempts', 'a', 'refused'),
    ]);
    expect(groups.map(({ letters }) => letters.length)).toEqual([2, 1]);
  });

  test('are acted on by name only: those that are selected and shown, once each', () => {
    const shown = ['1', '2', '2', '3'].map((digest) => letterOf(digest, 'not JSON'));
    expect(namedBy(shown, new Set(['2', '3', 'gone']))).toEqual(['2', '3']);
    expect(namedBy(shown, new Set())).toEqual([]);
    const many = Array.from({ length: MAX_NAMED + 5 }, (_, index) => letterOf(String(index), 'not JSON'));
    expect(namedBy(many, new Set(many.map(({ digest }) => digest)))).toHaveLength(MAX_NAMED);
  });
});

const NOW_MS = Date.parse('2026-01-01T12:00:00Z');
const ago = (seconds: number): string => new Date(NOW_MS - seconds * 1_000).toISOString();

describe('an open saga', () => {
  test.each([
    ['past its deadline', { status: 'PENDING', deadline: ago(1) }, 'late'],
    ['before it', { status: 'PENDING', deadline: ago(-1), updatedAt: ago(800) }, undefined],
    ['CANCELLING for over 5 minutes', { status: 'CANCELLING', updatedAt: ago(301) }, 'slow'],
    ['CANCELLING for less', { status: 'CANCELLING', updatedAt: ago(299) }, undefined],
    ['that cannot be read', { status: 'PENDING' }, undefined],
  ])('%s', (_, saga, mark) => {
    expect(markOf(saga, NOW_MS)).toBe(mark);
  });

  test('tells how long a saga may be PENDING', () => {
    const saga = { orderId: 'ord_1', status: 'PENDING', ageSeconds: 5 };
    expect(deadlineSecondsIn([saga, { ...saga, createdAt: ago(5), deadline: ago(-895) }])).toBe(900);
    expect(deadlineSecondsIn([saga])).toBeUndefined();
  });
});

const count = (status: string, olderThan: string, counted: number, youngerThan?: string) => ({
  status,
  olderThan,
  count: counted,
  ...(youngerThan === undefined ? {} : { youngerThan }),
});
const counts = [
  count('PENDING', '0s', 300, '1m'),
  count('PENDING', '1h', 12, '1d'),
  count('CANCELLING', '10m', 4, '1h'),
  count('CANCELLING', '1h', 9, '1d'),
];

describe('counts', () => {
  test('are marked where all of a cell are late, or slow', () => {
    expect(counts.map((each) => markOfCount(each, 900))).toEqual([undefined, 'late', undefined, 'slow']);
    expect(counts.map((each) => markOfCount(each, undefined)).filter(Boolean)).toEqual([]);
    const cancelling = count('CANCELLING', '10m', 4);
    expect([301, 300].map((deadline) => markOfCount(cancelling, deadline))).toEqual([undefined, 'slow']);
  });

  test('are a table of status by age, the youngest first', () => {
    const { ages, rows } = countTable({ counts });
    expect(ages.map(({ olderThan }) => olderThan)).toEqual(['0s', '10m', '1h']);
    expect(rows.map(({ status, total, cells }) => [status, total, cells.map((each) => each?.count)])).toEqual(
      [
        ['CANCELLING', 13, [undefined, 4, 9]],
        ['PENDING', 312, [300, undefined, 12]],
      ],
    );
  });

  test('tell how old those are that are asked for: enough of them, or all', () => {
    expect(ageOfOldest({ counts }, undefined)).toBe('1h');
    expect(ageOfOldest({ counts }, 'CANCELLING')).toBeUndefined();
    expect(ageOfOldest({ counts }, 'PENDING')).toBeUndefined();
    expect(ageOfOldest({ counts: [] }, undefined)).toBeUndefined();
  });

  test('have ages that are told in seconds', () => {
    expect(['90s', '15m', '2h', '3d', 'soon'].map(secondsOf)).toEqual([90, 900, 7_200, 259_200, Number.NaN]);
  });
});

test('the oldest come first', () => {
  const aged = [5, 900, 60].map((ageSeconds) => ({
    orderId: `ord_${ageSeconds}`,
    status: 'PENDING',
    ageSeconds,
  }));
  expect(oldestFirst(aged).map(({ ageSeconds }) => ageSeconds)).toEqual([900, 60, 5]);
});
