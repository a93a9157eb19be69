import amqp, { type Channel } from 'amqplib';
import { DEFAULT_RETRY_DELAYS, parseRetryDelays } from '../../functions/saga/routes.ts';
import { type Topology, topologyOf } from './topology.ts';

/**
 * Declares exchanges, queues and bindings. Applying them again changes nothing.
 * @throws Error if something exists with other arguments: the broker does not change a queue in place
 */
export async function applyTopology(
  url: string,
  topology: Topology = topologyOf(parseRetryDelays(process.env.RETRY_DELAYS || DEFAULT_RETRY_DELAYS)),
): Promise<void> {
  const connection = await amqp.connect(url, { noDelay: true });
  // A refused declaration closes the channel, and is told by the call that made it.
  connection.on('error', () => {});
  try {
    const channel = await connection.createChannel();
    channel.on('error', () => {});
    await declare(channel, topology);
  } finally {
    await connection.close().catch(() => {});
  }
}

async function declare(channel: Channel, { exchanges, queues, bindings }: Topology): Promise<void> {
  for (const { name, type } of exchanges) await channel.assertExchange(name, type, { durable: true });
  for (const queue of queues) {
    try {
      await channel.assertQueue(queue.name, { durable: true, arguments: queue.arguments });
    } catch (error) {
      throw new Error(
        `queue ${queue.name} exists with other arguments; empty it, delete it and apply the topology again`,
        { cause: error },
      );
    }
  }
  for (const { exchange, queue, routingKey } of bindings)
    await channel.bindQueue(queue, exchange, routingKey);
}
