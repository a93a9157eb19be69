import amqp from 'amqplib';
import { EVENTS_EXCHANGE, FAILURES_EXCHANGE } from '../../../engine/saga/routes.ts';
import { shop } from '../../../functions/shop.ts';

/** Hears every event that goes through the saga's exchanges, once, from a queue of its own. */
export async function tapMessages(
  rabbitmqUrl: string,
  heard: (bytes: number) => void,
): Promise<{ end(): Promise<void> }> {
  const connection = await amqp.connect(rabbitmqUrl, { noDelay: true });
  const channel = await connection.createChannel();
  const { queue } = await channel.assertQueue('', { exclusive: true, durable: false });
  for (const type of shop.eventTypes) await channel.bindQueue(queue, EVENTS_EXCHANGE, type);
  await channel.bindQueue(queue, FAILURES_EXCHANGE, '');
  await channel.consume(queue, (message) => message && heard(message.content.length), { noAck: true });
  return { end: () => connection.close() };
}
