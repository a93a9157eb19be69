import type { RabbitPublisher } from './publisher.ts';
import { answerOf } from './within.ts';

/**
 * The number of messages that wait in a queue. Any other answer closes the channel, so each call opens its own.
 * RabbitMQ 4.2.6 and 4.3.0 answer only a user who may configure the queue, later versions a user with any permission
 * on it, earlier versions everybody.
 * https://www.rabbitmq.com/docs/channels#error-handling, https://github.com/rabbitmq/rabbitmq-server/pull/16272
 *
 * @throws if the broker does not answer in time
 */
export async function depthOf(
  queue: string,
  publisher: RabbitPublisher,
): Promise<number | 'missing' | 'refused'> {
  const channel = await publisher.channel();
  try {
    return (await answerOf(channel.checkQueue(queue))).messageCount;
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === NOT_FOUND) return 'missing';
    if (code === ACCESS_REFUSED) return 'refused';
    throw error;
  } finally {
    await answerOf(channel.close()).catch(() => {});
  }
}

const NOT_FOUND = 404;
const ACCESS_REFUSED = 403;
