import { parseQueueShards, type QueueShards } from '../../engine/saga/queue-shards.ts';
import { application } from '../application.ts';
import { applyTopology } from '../broker/apply.ts';
import { configuredTopology, type QueueSettings } from '../broker/topology.ts';

/** The retry delays and shards that the handlers will use. */
const settingsIn = (environment: NodeJS.ProcessEnv): QueueSettings => ({
  RETRY_DELAYS: environment.RETRY_DELAYS || process.env.RETRY_DELAYS,
  QUEUE_SHARDS: environment.QUEUE_SHARDS || process.env.QUEUE_SHARDS,
});

/** Declares exchanges, queues and bindings. Returns what an operator has to do, a sentence each. */
export const applyLocalTopology = (
  environment: Readonly<Record<string, string>>,
): Promise<readonly string[]> =>
  applyTopology(environment.RABBITMQ_URL ?? '', configuredTopology(application, settingsIn(environment)));

export const localShards = (environment: NodeJS.ProcessEnv): QueueShards =>
  parseQueueShards(application, settingsIn(environment).QUEUE_SHARDS);
