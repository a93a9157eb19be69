import { fileURLToPath } from 'node:url';
import type { QueueShards } from '../../engine/saga/queue-shards.ts';
import { DEFAULT_RETRY_DELAYS, parseRetryDelays } from '../../engine/saga/routes.ts';
import type { Saga } from '../../engine/saga/saga.ts';
import { shop } from '../../functions/shop.ts';
import { oneQueueEach } from '../../infra/broker/shards.ts';
import { type Topology, topologyOf } from '../../infra/broker/topology.ts';
import type { Wiring as Participants } from '../../infra/local/wiring/checks.ts';
import { readWiring as readParticipants } from '../../infra/local/wiring/refuse.ts';

export const repository = fileURLToPath(new URL('../..', import.meta.url));

type Bound = 'exchanges' | 'queues' | 'bindings' | 'exchangeBindings';

/** Everything that must agree for a message to reach its consumers. It is data, so tests can break it. */
export interface Wiring extends Participants {
  saga: Saga;
  sources: Record<string, string>;
  tables: string[];
  topology: { -readonly [Part in Bound]: Topology[Part][number][] };
}

export function readWiring(shards: QueueShards = oneQueueEach(shop), yml?: string): Wiring {
  const { sources, tables, ...participants } = readParticipants(shop, shards, 'local', yml);
  const { exchanges, queues, bindings, exchangeBindings } = structuredClone(
    topologyOf(shop, parseRetryDelays(DEFAULT_RETRY_DELAYS), shards),
  );
  return {
    ...participants,
    sources: { ...sources },
    tables: [...tables],
    topology: {
      exchanges: [...exchanges],
      queues: [...queues],
      bindings: [...bindings],
      exchangeBindings: [...exchangeBindings],
    },
  };
}
