import { shop } from '../../functions/shop.ts';
import { applyTopology } from '../broker/apply.ts';
import { configuredTopology } from '../broker/topology.ts';

/** Declares exchanges, queues and bindings for the retry delays and shards that the handlers will be given. */
export async function applyLocalTopology(environment: Readonly<Record<string, string>>): Promise<void> {
  const topology = configuredTopology(shop, {
    RETRY_DELAYS: environment.RETRY_DELAYS || process.env.RETRY_DELAYS,
    QUEUE_SHARDS: environment.QUEUE_SHARDS || process.env.QUEUE_SHARDS,
  });
  await applyTopology(environment.RABBITMQ_URL ?? '', topology);
}
