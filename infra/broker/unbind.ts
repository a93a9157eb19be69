import type { Channel } from 'amqplib';
import type { Applied } from './memory.ts';

/** The queues and bindings that were applied and are no longer wanted. */
export function goneFrom(before: Applied, wanted: Applied): Applied {
  const keep = new Set([...wanted.bindings, ...wanted.exchangeBindings].map(keyOf));
  return {
    queues: [...new Set(before.queues)].filter((queue) => !wanted.queues.includes(queue)),
    bindings: before.bindings.filter((binding) => !keep.has(keyOf(binding))),
    exchangeBindings: before.exchangeBindings.filter((binding) => !keep.has(keyOf(binding))),
  };
}

const keyOf = (binding: Applied['bindings'][number] | Applied['exchangeBindings'][number]): string =>
  JSON.stringify([
    binding.exchange,
    binding.routingKey,
    'to' in binding ? `exchange ${binding.to}` : `queue ${binding.queue}`,
  ]);

/**
 * Removing a binding that does not exist is no error for RabbitMQ, even if its queue or exchange does not exist.
 * https://github.com/rabbitmq/rabbitmq-server/blob/main/deps/rabbit/src/rabbit_db_binding.erl
 */
export async function unbind(channel: Channel, { bindings, exchangeBindings }: Applied): Promise<void> {
  for (const { queue, exchange, routingKey } of bindings) {
    await channel.unbindQueue(queue, exchange, routingKey);
  }
  for (const { to, exchange, routingKey } of exchangeBindings) {
    await channel.unbindExchange(to, exchange, routingKey);
  }
}
