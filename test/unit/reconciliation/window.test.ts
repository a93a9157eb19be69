import { expect, test } from 'vitest';
import { windowOf } from '../../../functions/reconciliation/window.ts';

const at = (text: string) => Date.parse(text);

test('the windows of daily runs touch each other, however late each run is', () => {
  const due = ['2026-01-02T04:00:00Z', '2026-01-03T04:00:00Z'];
  const [first, second] = due.map((time, late) => windowOf({ time, id: 'x' }, at(time) + late * 99_000));
  expect(first).toEqual({
    fromMs: at('2026-01-01T03:45:00Z'),
    toMs: at('2026-01-02T03:45:00Z'),
    cursor: { source: 'provider' },
  });
  expect(second?.fromMs).toBe(first?.toMs);
});

test('a day is looked at again later', () => {
  const [time, later] = ['2026-01-02T04:00:00Z', '2026-02-06T04:00:00Z'];
  expect(windowOf({ time: later, daysAgo: 35 }, 0)).toEqual(windowOf({ time, daysAgo: 0 }, 0));
  expect(() => windowOf({ daysAgo: -1 }, 0)).toThrow();
});

test('without a time it is the day before, and any window can be given, with the cursor of an earlier run', () => {
  const nowMs = at('2026-01-02T00:15:00Z');
  const day = {
    fromMs: at('2026-01-01T00:00:00Z'),
    toMs: at('2026-01-02T00:00:00Z'),
    cursor: { source: 'provider' },
  };
  for (const event of [{}, undefined, null]) expect(windowOf(event, nowMs)).toEqual(day);
  const [from, to] = ['2025-12-01T00:00:00Z', '2025-12-01T01:00:00+01:00'];
  const cursor = { source: 'order', after: 'ord_1' };
  expect(windowOf({ from, to: '2025-12-01T02:00:00+01:00', cursor }, nowMs)).toEqual({
    fromMs: at(from),
    toMs: at(from) + 3_600_000,
    cursor,
  });
  expect(() => windowOf({ from, to }, nowMs)).toThrow('ends before it begins');
});

test.each([{ from: 'yesterday' }, { cursor: { source: 'bank' } }, { cursor: {} }, 7])(
  '%j is refused',
  (event) => {
    expect(() => windowOf(event, 0)).toThrow();
  },
);
