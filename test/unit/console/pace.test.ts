import { describe, expect, test } from 'vitest';
import { failureOf } from '../../../console/asking/failure.ts';
import { answered, briskly, failed, isLate, type Outcome, paceAfter } from '../../../console/asking/pace.ts';

/** Goal: a page that is left open does not press a system in trouble, and what it knew stays on screen. */
const BASE_MS = 2_000;

const delaysAfter = (...outcomes: readonly Outcome[]): readonly number[] => {
  let pace = briskly(BASE_MS);
  return outcomes.map((outcome) => {
    pace = paceAfter(pace, outcome, BASE_MS);
    return pace.delayMs;
  });
};
const [same, changed, down] = (['same', 'changed', 'failed'] as const).map((kind) => ({ kind }));

describe('the time until a question is asked again', () => {
  test('is the base as long as answers change', () => {
    expect(delaysAfter(changed as Outcome, changed as Outcome)).toEqual([BASE_MS, BASE_MS]);
  });

  test('grows while nothing changes, up to five times the base, and is the base again after a change', () => {
    const delays = delaysAfter(...Array.from({ length: 20 }, () => same as Outcome), changed as Outcome);
    expect(delays.slice(0, 3)).toEqual([2_500, 3_125, 3_906.25]);
    expect(delays.at(-2)).toBe(10_000);
    expect(delays.at(-1)).toBe(BASE_MS);
  });

  test('doubles with each failure, up to half a minute, and is near the base once there is an answer', () => {
    const delays = delaysAfter(...Array.from({ length: 6 }, () => down as Outcome), same as Outcome);
    expect(delays).toEqual([4_000, 8_000, 16_000, 30_000, 30_000, 30_000, 2_500]);
  });

  test('is at least what the API asks for', () => {
    expect(delaysAfter({ kind: 'failed', retryAfterMs: 60_000 }, down as Outcome)).toEqual([60_000, 8_000]);
  });
});

describe('what is known of an answer', () => {
  test('stays while it cannot be asked anew, with when it was said', () => {
    const known = answered(['ord_1'], 1_000, 3_000);
    const stale = failed(failed(known, '503 busy', 5_000), '502 gone', 9_000);
    expect(stale).toEqual({ data: ['ord_1'], atMs: 1_000, failure: '502 gone', nextMs: 9_000 });
    expect(answered(['ord_2'], 9_000, 11_000).failure).toBeUndefined();
  });

  test('is told to be of before once its next answer is late, unless a failure says so', () => {
    const known = answered(['ord_1'], 1_000, 3_000);
    expect([4_000, 5_000, 5_001].map((nowMs) => isLate(known, nowMs))).toEqual([false, false, true]);
    expect(isLate(failed(known, '503 busy', 3_000), 60_000)).toBe(false);
    expect(isLate({}, 60_000)).toBe(false);
  });

  test('is nothing, and no empty list, where there never was an answer', () => {
    expect(failed({}, '503 busy', 5_000)).not.toHaveProperty('data');
  });
});

test('a refusal is told in a line, with its flaws and when to come back', () => {
  const problem = {
    title: 'Invalid content',
    detail: 'It is not as it has to be.',
    errors: [{ pointer: '/reason', detail: 'is required' }],
  };
  expect(failureOf(422, problem, null).message).toBe(
    '422 Invalid content: It is not as it has to be. · /reason is required',
  );
  expect(failureOf(503, {}, '7')).toMatchObject({ message: '503', status: 503, retryAfterMs: 7_000 });
  expect(failureOf(502, '<html>', null).message).toMatch(/^502 · The system is starting/);
});
