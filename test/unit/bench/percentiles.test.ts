import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { medianOf, percentilesOf, rounded } from '../../bench/percentiles.ts';

describe('percentiles', () => {
  test('are values that were measured, by nearest rank', () => {
    const hundred = Array.from({ length: 100 }, (_, index) => 100 - index);
    expect(percentilesOf(hundred)).toEqual({ p50: 50, p95: 95, p99: 99, max: 100 });
    expect(percentilesOf([3, 1, 2])).toEqual({ p50: 2, p95: 3, p99: 3, max: 3 });
    expect(percentilesOf([7])).toEqual({ p50: 7, p95: 7, p99: 7, max: 7 });
    expect(percentilesOf([10, 9])).toMatchObject({ p50: 9, max: 10 });
  });

  test('the given share of values is not above them, and fewer would not do', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 99 }), { minLength: 1, maxLength: 300 }), (values) => {
        const { p50, p95, p99, max } = percentilesOf(values);
        for (const [share, value] of [
          [0.5, p50],
          [0.95, p95],
          [0.99, p99],
          [1, max],
        ] as const) {
          expect(values.filter((each) => each <= value).length).toBeGreaterThanOrEqual(share * values.length);
          expect(values.filter((each) => each < value).length).toBeLessThan(share * values.length);
        }
      }),
    );
  });

  test('a single slow saga in a hundred is the maximum and not yet the p99', () => {
    expect(percentilesOf([...Array.from({ length: 99 }, () => 1), 90])).toEqual({
      p50: 1,
      p95: 1,
      p99: 1,
      max: 90,
    });
  });
});

describe('the median of runs', () => {
  test('is the middle one, or between the two in the middle', () => {
    expect(medianOf([9, 1, 5])).toBe(5);
    expect(medianOf([1, 2, 10, 4])).toBe(3);
    expect(medianOf([4])).toBe(4);
  });
});

describe('figures', () => {
  test('are rounded to what can be known', () => {
    expect([0.12345, 3.456, 99.94, 123.4, 1234.5, -2.345].map(rounded)).toEqual([
      0.123, 3.46, 99.9, 123, 1_235, -2.35,
    ]);
  });
});
