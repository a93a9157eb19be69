import type { QueueShards } from '../../../engine/saga/queue-shards.ts';
import type { Saga } from '../../../engine/saga/saga.ts';
import { shardEvents } from '../../broker/plugin.ts';
import { queuesOf } from '../../broker/shards.ts';
import { readTables } from '../dynamodb/template.ts';
import { SetupError } from '../processes/setup-error.ts';
import { participantChecks, type Wiring } from './checks.ts';
import { readConfiguration, SHARDS_PLUGIN } from './configuration.ts';
import { readSources } from './sources.ts';

/** What there is of a saga in this project, with the text of its serverless.yml if that is another. */
export function readWiring(saga: Saga, shards: QueueShards, stage: string, yml?: string): Wiring {
  const serverless = readConfiguration(saga, stage, yml);
  if (serverless.plugins.includes(SHARDS_PLUGIN)) shardEvents(serverless.functions, shards, saga);
  return {
    saga,
    serverless,
    sources: readSources(),
    tables: readTables(stage).map(({ TableName }) => TableName),
    queuesOf: (service) => queuesOf(service, shards),
  };
}

/** Refuses to start what could only fail later, when nobody looks. @throws SetupError with a sentence for each flaw */
export function refuseFaultyWiring(saga: Saga, shards: QueueShards, stage: string): void {
  const wiring = readWiring(saga, shards, stage);
  const { everyPluginIsNamed, ...others } = participantChecks;
  const missing = everyPluginIsNamed(wiring);
  const flaws = missing.length > 0 ? missing : Object.values(others).flatMap((check) => check(wiring));
  if (flaws.length > 0) throw new SetupError([...new Set(flaws)].join('\n'));
}
