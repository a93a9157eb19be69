import type { ConsumeMessage } from 'amqplib';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { RabbitDeadLetterQueues } from '../../../engine/dead-letters/dead-letter-queues.ts';
import type { RabbitPublisher } from '../../../engine/rabbitmq/publisher.ts';
import { ANSWER_TIMEOUT_MS } from '../../../engine/rabbitmq/within.ts';

/** Goal: a slow broker is not taken for an empty queue. Method: a channel that confirms late, and time that we tell. */
beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

const message = { content: Buffer.from('{}'), properties: { headers: {} } } as unknown as ConsumeMessage;

/** How many messages a visit sees that may look at two of a queue with one. */
async function seen(confirmedAfterMs: number, deliveredAfterMs: number): Promise<number> {
  const channel = {
    prefetch: async () => {},
    cancel: async () => {},
    close: async () => {},
    consume: async (_: string, deliver: (message: ConsumeMessage) => void) => {
      await new Promise((resolve) => setTimeout(resolve, confirmedAfterMs));
      setTimeout(() => deliver(message), deliveredAfterMs);
      return { consumerTag: 'visit' };
    },
  };
  const publisher = { channel: async () => channel } as unknown as RabbitPublisher;
  const visit = new RabbitDeadLetterQueues(publisher, () => 'order').visit(
    'order',
    2,
    async ({ length }) => length,
  );
  await vi.runAllTimersAsync();
  return await visit;
}

test('what comes soon after the broker has confirmed the consumer is seen, however late it confirms', async () => {
  expect(await seen(0, 400)).toBe(1);
  expect(await seen(ANSWER_TIMEOUT_MS - 1, 400)).toBe(1);
});

test('who is silent after that has no more to show', async () => {
  expect(await seen(0, 600)).toBe(0);
});
