import fc from 'fast-check';
import { expect, test } from 'vitest';
import { DEFAULT_RETRY_DELAYS, parseRetryDelays } from '../../../engine/saga/routes.ts';

test('the default ladder climbs, and waits out an outage of ten minutes', () => {
  const delays = parseRetryDelays(DEFAULT_RETRY_DELAYS).map(({ delayMs }) => delayMs);
  expect(delays).toEqual(delays.toSorted((a, b) => a - b));
  expect(delays.at(-1)).toBeGreaterThanOrEqual(600_000);
});

test('each delay keeps its name, which is its queue’s, and is read in its unit', () => {
  const rung = fc
    .constantFrom(['ms', 1], ['s', 1_000], ['m', 60_000], ['h', 3_600_000])
    .chain(([name, unitMs]) =>
      fc
        .integer({ min: 1, max: Math.min(999_999, 86_400_000 / Number(unitMs)) })
        .map((count) => ({ name: `${count}${name}`, delayMs: count * Number(unitMs) })),
    );
  fc.assert(
    fc.property(fc.uniqueArray(rung, { minLength: 1, selector: ({ name }) => name }), (rungs) => {
      expect(parseRetryDelays(rungs.map(({ name }) => name).join(' , '))).toEqual(rungs);
    }),
  );
});

test.each([
  '',
  '5',
  's',
  '0s',
  '-5s',
  '1.5s',
  '5 s',
  '5S',
  '5d',
  '25h',
  '1e3ms',
  '1s,',
  ',1s',
  '1s,,5s',
  '1s;5s',
  '1234567s',
  '__proto__',
])('what is no ladder is refused, naming the entry: "%s"', (text) => {
  expect(() => parseRetryDelays(text)).toThrow(RangeError);
  expect(() => parseRetryDelays(text)).toThrow(/retry delay "[^"]*" is not/);
});

test('a delay that is listed twice is refused: it would be one queue', () => {
  expect(() => parseRetryDelays('1s,2s,1s')).toThrow('retry delay "1s" is listed twice');
});
