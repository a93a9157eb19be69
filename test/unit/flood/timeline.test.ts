import { expect, test } from 'vitest';
import type { Flooded } from '../../flood/flooding.ts';
import { plotOf } from '../../flood/plot.ts';
import { calmAfterSeconds, endedPerSecond, type Moment, timelineOf } from '../../flood/timeline.ts';
import type { Visit } from '../../flood/visits.ts';

const visit = (dueMs: number, status: number, endedMs?: number): Visit => ({
  ...{ dueMs, status, endedMs },
  ...{ orderId: undefined, retryAfter: undefined },
});

const visits = [
  visit(100, 202, 300),
  visit(200, 503),
  visit(900, 429),
  visit(1_500, 202, 2_500),
  visit(1_600, 500),
];

test('each piece of the time has what came in it, and what ended in it', () => {
  const moments = timelineOf(visits, { beganMs: 0, seconds: 3, stepSeconds: 1 });
  expect(moments).toEqual([
    { fromSeconds: 0, acceptedPerSecond: 1, refusedPerSecond: 2, endedPerSecond: 1, p50Ms: 200, p95Ms: 200 },
    {
      fromSeconds: 1,
      acceptedPerSecond: 1,
      refusedPerSecond: 0,
      endedPerSecond: 0,
      p50Ms: 1_000,
      p95Ms: 1_000,
    },
    {
      fromSeconds: 2,
      acceptedPerSecond: 0,
      refusedPerSecond: 0,
      endedPerSecond: 1,
      p50Ms: undefined,
      p95Ms: undefined,
    },
  ]);
  expect(endedPerSecond(visits, 0, 4_000)).toBe(0.5);
});

const withP95 = (...values: readonly (number | undefined)[]): readonly Moment[] =>
  values.map((p95Ms, index) => ({
    ...{ fromSeconds: 2 * index, acceptedPerSecond: 1, refusedPerSecond: 0, endedPerSecond: 1 },
    ...{ p50Ms: p95Ms, p95Ms },
  }));

test.each<[what: string, moments: readonly Moment[], seconds: number]>([
  ['at once', withP95(9, 9, 1, 1), 0],
  ['once no later one is slow', withP95(9, 9, 9, 1, 9, 1), 6],
  ['never, if the last is slow', withP95(9, 9, 1, 9), Number.POSITIVE_INFINITY],
  // Fails where no order at all is a quick one.
  ['never, if none came', withP95(9, 9, undefined), Number.POSITIVE_INFINITY],
])('all is as before %s', (_, moments, seconds) => {
  expect(calmAfterSeconds(moments, 4, 2)).toBe(seconds);
});

test('the plot has a title, and a line for each figure', () => {
  const moments = timelineOf(visits, { beganMs: 0, seconds: 3, stepSeconds: 1 });
  const plot = plotOf({ moments, flood: [1, 2], bestPerSecond: 2 } as unknown as Flooded);
  expect(plot).toMatch(/^<svg [^>]+>\n<title>[^<]+<\/title>/);
  expect(plot.match(/<polyline points="[\d., ]+"/g)).toHaveLength(5);
  expect(plot).not.toMatch(/NaN|undefined|Infinity/);
});
