import { expect, test } from 'vitest';
import { latestEnds } from '../../../console/lists/ends.ts';

const at = (hour: number, status: string, count: number) => ({
  ...{ from: `2026-11-30T${String(hour).padStart(2, '0')}:00:00.000Z`, status, count },
});

/** Goal: whoever looks sees at once if more are cancelled than before. */
test('the latest hours come first, each with what ended and the share that was cancelled', () => {
  const counts = [at(1, 'CONFIRMED', 4), at(2, 'CANCELLED', 1), at(2, 'CONFIRMED', 2), at(3, 'CANCELLED', 5)];
  expect(latestEnds({ counts }, ['CONFIRMED', 'CANCELLED'], 2)).toEqual([
    { from: '03:00', counts: [0, 5], cancelledPercent: 100 },
    { from: '02:00', counts: [2, 1], cancelledPercent: 33 },
  ]);
});

test('there are no hours of a day on which nothing has ended', () => {
  expect(latestEnds({ counts: [] }, ['CONFIRMED'], 6)).toEqual([]);
});
