import type { ConsumeMessage } from 'amqplib';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { RabbitDeadLetterQueues } from '../../../engine/dead-letters/dead-letter-queues.ts';
import type { RabbitPublisher } from '../../../engine/rabbitmq/publisher.ts';
import { ANSWER_TIMEOUT_MS } from '../../../engine/rabbitmq/within.ts';

/**
 * Goal: a slow broker is not taken for an empty queue. Method: a channel that confirms and delivers late, and time that we
 * tell.
 */
beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

const message = {
  content: Buffer.from('{}'),
  fields: { deliveryTag: 1 },
  properties: { headers: {} },
} as unknown as ConsumeMessage;

/** How many messages a visit sees of a queue with one. */
async function seen(confirmedAfterMs: number, deliveredAfterMs: number, tells = true): Promise<number> {
  let ready = 1;
  const channel = {
    prefetch: async () => {},
    cancel: async () => {},
    close: async () => {},
    checkQueue: async () => {
      if (tells) return { messageCount: ready };
      throw Object.assign(new Error('ACCESS_REFUSED'), { code: 403 });
    },
    consume: async (_: string, deliver: (message: ConsumeMessage) => void) => {
      await new Promise((resolve) => setTimeout(resolve, confirmedAfterMs));
      setTimeout(() => {
        ready = 0;
        deliver(message);
      }, deliveredAfterMs);
      return { consumerTag: 'visit' };
    },
  };
  const publisher = { channel: async () => channel } as unknown as RabbitPublisher;
  const visit = new RabbitDeadLetterQueues(publisher, () => 'order').visit(
    'order',
    { limit: 2, maxBytes: 1_000 },
    async ({ deadLetters }) => deadLetters.length,
  );
  visit.catch(() => {});
  await vi.runAllTimersAsync();
  return await visit;
}

test('what comes after the broker has confirmed the consumer is seen, however late it confirms and delivers', async () => {
  expect(await seen(0, 400)).toBe(1);
  expect(await seen(ANSWER_TIMEOUT_MS - 1, 3_000)).toBe(1);
});

test('where the broker does not tell how much it has, silence is taken for the end', async () => {
  expect(await seen(ANSWER_TIMEOUT_MS - 1, 200, false)).toBe(1);
  expect(await seen(0, 600, false)).toBe(0);
});

test('a broker that does not confirm in time is one that does not answer', async () => {
  await expect(seen(60_000, 0)).rejects.toThrow('cannot be read');
});
