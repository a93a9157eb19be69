import type { Channel, ConsumeMessage } from 'amqplib';
import { answerOf } from '../rabbitmq/within.ts';

/**
 * A channel passes on so many commands to a quorum queue at once. It holds back what comes then, and forgets it when it
 * is closed (`rabbit_fifo_client` of RabbitMQ).
 */
const MOST_AT_ONCE = 30;

/**
 * Acknowledges, and resolves once the queue has done so. The broker confirms no acknowledgement. But a queue carries out
 * in their order what a channel asks of it, and a consumer is confirmed: so one comes and goes after some of them.
 */
export async function acknowledge(
  channel: Channel,
  queue: string,
  deliveryTags: readonly number[],
): Promise<void> {
  for (let from = 0; from < deliveryTags.length; from += MOST_AT_ONCE) {
    for (const deliveryTag of deliveryTags.slice(from, from + MOST_AT_ONCE))
      channel.ack({ fields: { deliveryTag } } as ConsumeMessage);
    const { consumerTag } = await answerOf(channel.consume(queue, () => {}));
    await answerOf(channel.cancel(consumerTag));
  }
}
