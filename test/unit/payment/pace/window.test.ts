import fc from 'fast-check';
import { expect, test } from 'vitest';
import { limitOf, Window } from '../../../../functions/payment/pace/window.ts';

/** The times of calls that are wanted after such pauses, each made as soon as it may be. */
function callsAfter(pausesMs: readonly number[], perSecond: number, slowness = 1): readonly number[] {
  const window = new Window(limitOf(perSecond));
  let wantedMs = 0;
  let lastMs = 0;
  return pausesMs.map((pauseMs) => {
    wantedMs += pauseMs;
    lastMs = Math.max(wantedMs, lastMs, window.nextMs(slowness));
    window.take(lastMs);
    return lastMs;
  });
}

const rates = fc.oneof(fc.integer({ min: 1, max: 120 }), fc.double({ min: 0.1, max: 120, noNaN: true }));
const pauses = fc.array(fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 1_500 })), { maxLength: 300 });

// Fails where it is a bucket of tokens: after a pause it lets through what it has saved, and a second's calls besides.
test('no second, however it is laid, has more calls than are allowed', () => {
  fc.assert(
    fc.property(
      pauses,
      rates,
      fc.double({ min: 1, max: 16, noNaN: true }),
      (pausesMs, perSecond, slowness) => {
        const calls = callsAfter(pausesMs, perSecond, slowness);
        const most = Math.max(1, Math.floor(Math.floor(perSecond) / slowness));
        for (const [index, atMs] of calls.entries()) {
          const before = calls[index - most];
          if (before !== undefined) expect(atMs - before).toBeGreaterThanOrEqual(1_000);
        }
      },
    ),
  );
});

test.each([1, 2])('of one call a second, slowed to one in %i seconds, each waits so long', (slowness) => {
  const calls = callsAfter([0, 0, 0], 1, slowness);
  expect(calls[2]).toBeGreaterThanOrEqual(2_000 * slowness);
});

test.each([1, 25, 100, 0.5])('of %d calls a second at least 95%% are made if all are wanted', (perSecond) => {
  const calls = callsAfter(new Array<number>(1_000).fill(0), perSecond);
  expect(((calls.length - 1) * 1_000) / (calls.at(-1) ?? 0)).toBeGreaterThanOrEqual(perSecond * 0.95);
});

test('after a pause they do not all come at once', () => {
  const calls = callsAfter([60_000, ...new Array<number>(24).fill(0)], 25);
  expect((calls.at(-1) ?? 0) - (calls[0] ?? 0)).toBeGreaterThan(200);
});
