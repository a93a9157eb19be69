import { describe, expect, test } from 'vitest';
import { deadLettersOn } from '../../../engine/dead-letters/count-dead-letters.ts';
import type { DeadLetter, DeadLetterQueues } from '../../../engine/dead-letters/dead-letter-queues.ts';
import { brokerWith } from '../../support/asked-broker.ts';

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
    expect(await deadLettersOn('payment', publisher, unseen)()).toBe(lying);
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
      expect(await deadLettersOn('payment', publisher, deadLetterQueuesWith(lying, maxima))()).toBe(shown);
      expect(maxima).toEqual([1]);
    },
  );

  test('is an error, and not 0, where there is no such queue or nobody answers', async () => {
    const { publisher } = brokerWith({ order: 1 });
    await expect(deadLettersOn('order', publisher, unseen)()).rejects.toThrow('there is no queue order.dead');
    const { publisher: refusing } = brokerWith({ 'order.dead': 'refused' });
    await expect(deadLettersOn('order', refusing, unseen)()).rejects.toThrow('nobody need look');
  });
});
