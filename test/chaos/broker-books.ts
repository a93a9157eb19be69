import amqp, { type GetMessage } from 'amqplib';
import { deadQueueOf } from '../../engine/saga/routes.ts';
import { shop } from '../../functions/shop.ts';

/** A message in a parking queue, read from the broker itself. */
export interface ParkedMessage {
  readonly queue: string;
  readonly messageId: string;
  readonly reason: string | undefined;
}

/** Takes all that is parked and gives it back untouched. */
export async function readParked(url: string): Promise<readonly ParkedMessage[]> {
  const connection = await amqp.connect(url, { noDelay: true });
  try {
    const channel = await connection.createChannel();
    const parked: ParkedMessage[] = [];
    for (const queue of shop.services.map(deadQueueOf)) {
      for (;;) {
        const message = await channel.get(queue);
        if (message === false) break;
        parked.push({ queue, messageId: String(message.properties.messageId), reason: reasonOf(message) });
      }
    }
    await channel.close();
    return parked;
  } finally {
    await connection.close();
  }
}

/** The service's own word, or the broker's for what it has put aside itself. */
function reasonOf({ properties }: GetMessage): string | undefined {
  const headers: Readonly<Record<string, unknown>> = properties.headers ?? {};
  const reason = headers['saga-dead-reason'] ?? headers['x-first-death-reason'];
  return typeof reason === 'string' && reason !== '' ? reason : undefined;
}
