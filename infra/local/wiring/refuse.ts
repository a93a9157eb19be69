import type { Saga } from '../../../engine/saga/saga.ts';
import { shardEvents } from '../../broker/plugin.ts';
import { type QueueShards, queuesOf } from '../../broker/shards.ts';
import { readTables } from '../dynamodb/template.ts';
import { SetupError } from '../processes/setup-error.ts';
import { participantChecks, type Wiring } from './checks.ts';
import { readConfiguration } from './configuration.ts';
import { readSources } from './sources.ts';

/** What there is of a saga in this project. */
export function readWiring(saga: Saga, shards: QueueShards, stage: string): Wiring {
  const serverless = readConfiguration(saga, stage);
  shardEvents(serverless.functions, shards, saga);
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
  const flaws = Object.values(participantChecks).flatMap((check) => check(wiring));
  if (flaws.length > 0) throw new SetupError([...new Set(flaws)].join('\n'));
}
