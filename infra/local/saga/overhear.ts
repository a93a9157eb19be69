import amqp from 'amqplib';
import { readDeepHeadersAsBytes } from '../../../engine/rabbitmq/shallow-headers.ts';
import { EVENTS_EXCHANGE, FAILURES_EXCHANGE } from '../../../engine/saga/routes.ts';
import { application } from '../../application.ts';

export type Listener = {
  /** The events of these orders since the last call, in order. */
  take(orders: ReadonlySet<unknown>): readonly string[];
  /** How many events came until now, of whatever order. */
  count(): number;
  end(): Promise<void>;
};

/** Listens to all events through its own queue, which the broker deletes at the end. */
export async function overhear(rabbitmqUrl: string): Promise<Listener> {
  const connection = await amqp.connect(rabbitmqUrl, { noDelay: true });
  connection.on('error', () => {});
  readDeepHeadersAsBytes(connection);
  const channel = await connection.createChannel();
  const { queue } = await channel.assertQueue('', { exclusive: true, autoDelete: true });
  for (const type of application.eventTypes) await channel.bindQueue(queue, EVENTS_EXCHANGE, type);
  await channel.bindQueue(queue, FAILURES_EXCHANGE, '');
  let heard: { readonly type: string; readonly order: string }[] = [];
  let count = 0;
  await channel.consume(
    queue,
    (message) => {
      if (message === null) return;
      count += 1;
      const [order = '', type = ''] = String(message.properties.messageId).split(':');
      heard.push({ order, type });
    },
    { noAck: true },
  );
  return {
    take: (orders) => {
      const own = heard.filter(({ order }) => orders.has(order));
      heard = heard.filter(({ order }) => !orders.has(order));
      return own.map(({ type }) => type);
    },
    count: () => count,
    end: () => connection.close(),
  };
}
