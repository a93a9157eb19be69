import { DEFAULT_RETRY_DELAYS, parseRetryDelays } from '../../engine/saga/routes.ts';
import { applyTopology } from '../broker/apply.ts';
import { parseQueueShards } from '../broker/shards.ts';
import { topologyOf } from '../broker/topology.ts';

/** Declares exchanges, queues and bindings for the retry delays and shards that the handlers will be given. */
export async function applyLocalTopology(environment: Readonly<Record<string, string>>): Promise<void> {
  const delays = environment.RETRY_DELAYS || process.env.RETRY_DELAYS || DEFAULT_RETRY_DELAYS;
  const shards = parseQueueShards(environment.QUEUE_SHARDS || process.env.QUEUE_SHARDS);
  await applyTopology(environment.RABBITMQ_URL ?? '', topologyOf(parseRetryDelays(delays), shards));
}
