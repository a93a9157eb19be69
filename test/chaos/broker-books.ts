import amqp, { type GetMessage } from 'amqplib';
import { deadQueueOf } from '../../engine/saga/routes.ts';
import { shop } from '../../functions/shop.ts';

/** A message in a dead-letter queue, read from the broker itself. */
export interface DeadLetterMessage {
  readonly queue: string;
  readonly messageId: string;
  readonly reason: string | undefined;
}

/** Takes all dead letters and gives it back untouched. */
export async function readDeadLetters(url: string): Promise<readonly DeadLetterMessage[]> {
  const connection = await amqp.connect(url, { noDelay: true });
  try {
    const channel = await connection.createChannel();
    const deadLetters: DeadLetterMessage[] = [];
    for (const queue of shop.services.map(deadQueueOf)) {
      for (;;) {
        const message = await channel.get(queue);
        if (message === false) break;
        deadLetters.push({
          queue,
          messageId: String(message.properties.messageId),
          reason: reasonOf(message),
        });
      }
    }
    await channel.close();
    return deadLetters;
  } finally {
    await connection.close();
  }
}

/** The service's own word, or the broker's for what it has dead-lettered itself. */
function reasonOf({ properties }: GetMessage): string | undefined {
  const headers: Readonly<Record<string, unknown>> = properties.headers ?? {};
  const reason = headers['saga-dead-reason'] ?? headers['x-first-death-reason'];
  return typeof reason === 'string' && reason !== '' ? reason : undefined;
}
