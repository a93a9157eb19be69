import { parseQueueShards, type QueueShards } from '../../engine/saga/queue-shards.ts';
import { queueOf } from '../../engine/saga/routes.ts';
import type { Saga } from '../../engine/saga/saga.ts';
import { slots } from '../../engine/saga/slots.ts';

export const oneQueueEach = (saga: Saga): QueueShards => parseQueueShards(saga);

/** A service's queues: as many as its shards, each with an event source mapping of its own. */
export function queuesOf(service: string, shards: QueueShards): readonly string[] {
  const { [service]: count = 1 } = shards;
  if (count === 1) return [queueOf(service)];
  return Array.from({ length: count }, (_, index) => `${queueOf(service)}.${index}`);
}

/** The slots of the queue at `index` of `count`. */
export const slotsOf = (index: number, count: number): readonly string[] =>
  slots.filter((_, slot) => slot % count === index);
