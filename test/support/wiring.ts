import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import * as z from 'zod';
import { DEFAULT_RETRY_DELAYS, parseRetryDelays } from '../../engine/saga/routes.ts';
import { type EventType, type Participation, shop } from '../../functions/shop.ts';
import { type Definition, shardEvents } from '../../infra/broker/plugin.ts';
import { oneQueueEach, type QueueShards } from '../../infra/broker/shards.ts';
import { type Topology, topologyOf } from '../../infra/broker/topology.ts';

export const repository = fileURLToPath(new URL('../..', import.meta.url));

const Serverless = z.object({
  provider: z.object({ environment: z.record(z.string(), z.string()) }),
  functions: z.record(
    z.string(),
    z.object({
      handler: z.string(),
      environment: z.record(z.string(), z.string()).default({}),
      reservedConcurrency: z.number().optional(),
      events: z
        .array(z.object({ rabbitmq: z.looseObject({ queue: z.string() }).optional() }).loose())
        .default([]),
    }),
  ),
});

/** Everything that has to agree for a message to get where the choreography says: data, so that tests can break it. */
export interface Wiring {
  map: Record<string, Participation>;
  types: readonly EventType[];
  shards: QueueShards;
  topology: { -readonly [Part in keyof Topology]: Topology[Part][number][] };
  serverless: z.infer<typeof Serverless>;
  /** Of what is deployed, by path. */
  sources: Record<string, string>;
}

export function readWiring(shards: QueueShards = oneQueueEach): Wiring {
  const topology = topologyOf(parseRetryDelays(DEFAULT_RETRY_DELAYS), shards);
  const serverless = Serverless.parse(parse(readFileSync(`${repository}/serverless.yml`, 'utf8')));
  shardEvents(serverless.functions satisfies Record<string, Definition>, shards);
  return {
    map: structuredClone<Record<string, Participation>>(choreography),
    types: shop.eventTypes,
    shards,
    topology: structuredClone(topology) as Wiring['topology'],
    serverless,
    sources: Object.fromEntries(
      globSync(['functions/**/*.ts', 'infra/aws/topology/*.ts', 'infra/broker/*.ts'], {
        cwd: repository,
      }).map((path) => [path, readFileSync(`${repository}/${path}`, 'utf8')]),
    ),
  };
}
