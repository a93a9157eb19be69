import { afterEach, describe, expect, test, vi } from 'vitest';
import {
  countDeadLetters,
  deadLettersOn,
  maxAgeSetting,
} from '../../../engine/dead-letters/count-dead-letters.ts';
import type { DeadLetter, DeadLetterQueues } from '../../../engine/dead-letters/dead-letter-queues.ts';
import { brokerWith } from '../../support/asked-broker.ts';
import { catchLog } from '../../support/logged.ts';

afterEach(() => {
  vi.restoreAllMocks();
});

describe('the count of dead letters', () => {
  /** Shows what lies there, to whoever is allowed to look. */
  const deadLetterQueuesWith = (lying: number, maxima: number[] = []): DeadLetterQueues => ({
    visit: (_, { limit }, look) => {
      maxima.push(limit);
      const deadLetters = Array.from({ length: Math.min(lying, limit) }, () => ({}) as DeadLetter);
      return look({ deadLetters, hasMore: lying > limit, isWhole: true });
    },
  });
  const unseen: DeadLetterQueues = { visit: () => Promise.reject(new Error('nobody need look')) };

  test.each([0, 3])('is what the broker says of the service’s own dead-letter queue: %i', async (lying) => {
    const { publisher, open } = brokerWith({ 'order.dead': 9, 'payment.dead': lying });
    expect(await deadLettersOn('payment', publisher, unseen).count()).toBe(lying);
    expect(open()).toBe(0);
  });

  // RabbitMQ 4.2.6 and 4.3.0 answer only who may configure the queue.
  test.each([
    [0, 0],
    [3, 1],
  ])(
    'where the broker does not speak of it, looking tells whether there is any: of %i it shows %i',
    async (lying, shown) => {
      const maxima: number[] = [];
      const { publisher } = brokerWith({ 'payment.dead': 'refused' });
      expect(await deadLettersOn('payment', publisher, deadLetterQueuesWith(lying, maxima)).count()).toBe(
        shown,
      );
      expect(maxima).toEqual([1]);
    },
  );

  test('is an error, and not 0, where there is no such queue or nobody answers', async () => {
    const { publisher } = brokerWith({ order: 1 });
    await expect(deadLettersOn('order', publisher, unseen).count()).rejects.toThrow(
      'there is no queue order.dead',
    );
    const { publisher: refusing } = brokerWith({ 'order.dead': 'refused' });
    await expect(deadLettersOn('order', refusing, unseen).count()).rejects.toThrow('nobody need look');
  });
});

describe('the age of dead letters', () => {
  const DAY_MS = 24 * 3_600_000;
  const NOW_MS = Date.parse('2026-03-01T00:00:00Z');
  const daysAgo = (days: number) => new Date(NOW_MS - days * DAY_MS).toISOString();
  /** Shows one page of those that say so much of themselves. */
  const queuesWith = (...times: readonly string[]): DeadLetterQueues => ({
    visit: (_, { selects }, look) => {
      const all = times.map((time) => ({ place: `${time} digest` }) as DeadLetter);
      const deadLetters = all
        .filter((each) => selects?.(each) ?? true)
        .toSorted((a, b) => (a.place < b.place ? -1 : 1));
      return look({ deadLetters, hasMore: false, isWhole: true });
    },
  });

  test('is that of the oldest that says when it was said', async () => {
    const { publisher } = brokerWith({ 'payment.dead': 3 });
    const { oldestMs } = deadLettersOn('payment', publisher, queuesWith('', daysAgo(3), daysAgo(9)));
    expect(await oldestMs()).toBe(NOW_MS - 9 * DAY_MS);
    expect(await deadLettersOn('payment', publisher, queuesWith('')).oldestMs()).toBeUndefined();
  });

  test.each([
    [29, []],
    [30, [{ level: 'error', message: 'a dead letter is too old', service: 'payment', oldestDays: 30 }]],
  ])('is told to a person after 30 days: %i', async (days, told) => {
    const lines = catchLog();
    const oldestMs = async () => NOW_MS - days * DAY_MS;
    const run = countDeadLetters(
      'payment',
      { count: async () => 1, oldestMs },
      () => NOW_MS,
      () => 30,
    );
    expect(await run()).toEqual({ deadLetters: 1, oldestDays: days });
    expect(lines).toEqual(told);
  });

  // Whoever reads them all keeps them from operators for some seconds.
  test('is asked for once an hour, and not if there are none', async () => {
    catchLog();
    let [nowMs, asked, lying] = [NOW_MS, 0, 0];
    const oldestMs = async () => {
      asked += 1;
      return undefined;
    };
    const run = countDeadLetters('payment', { count: async () => lying, oldestMs }, () => nowMs);
    await run();
    expect(asked).toBe(0);
    lying = 1;
    for (let minute = 0; minute < 120; minute += 1) {
      await run();
      nowMs += 60_000;
    }
    expect(asked).toBe(2);
  });

  test('has a setting that has to be a number of days', () => {
    expect([maxAgeSetting(undefined), maxAgeSetting(''), maxAgeSetting('7')]).toEqual([30, 30, 7]);
    expect(() => maxAgeSetting('never')).toThrow('DEAD_LETTER_MAX_AGE_DAYS is "never"');
  });
});
