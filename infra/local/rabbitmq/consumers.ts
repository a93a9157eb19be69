import { setTimeout as delay } from 'node:timers/promises';
import { connect } from 'amqplib';
import { SetupError } from '../processes/setup-error.ts';

const PAUSE_MS = 20;

/**
 * Resolves when every queue has a consumer, so its function exists and its mapping has found the queue.
 * @throws SetupError that names the queues without a consumer
 */
export async function untilConsumed(
  url: string,
  queues: readonly string[],
  timeoutMs = 10_000,
): Promise<void> {
  const connection = await connect(url, { noDelay: true });
  connection.on('error', () => {});
  try {
    const channel = await connection.createChannel();
    const isUnread = async (queue: string) => (await channel.checkQueue(queue)).consumerCount === 0;
    const deadline = performance.now() + timeoutMs;
    let unread = queues;
    while (unread.length > 0) {
      const flags = await Promise.all(unread.map(isUnread));
      unread = unread.filter((_, index) => flags[index]);
      if (unread.length > 0 && performance.now() > deadline) throw new SetupError(complaintsOf(unread));
      await delay(PAUSE_MS);
    }
  } finally {
    await connection.close();
  }
}

const complaintsOf = (queues: readonly string[]): string =>
  queues
    .map(
      (queue) =>
        `Nobody reads the queue ${queue}: serverless-offline has no function for it, so put ./infra/functions/plugin.ts among the plugins in serverless.yml.`,
    )
    .join('\n');
