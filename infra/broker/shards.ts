import { queueOf } from '../../engine/saga/routes.ts';
import type { Saga } from '../../engine/saga/saga.ts';
import { slots } from '../../engine/saga/slots.ts';

/** The number of queues that each service reads. */
export type QueueShards = Readonly<Record<string, number>>;

/** With these counts all shards get the same number of slots. */
const counts = ['1', '2', '4', '8', '16'];

/**
 * Reads `4`, for every service, or `inventory=4,payment=2`; the others have one queue.
 * @throws RangeError naming the entry that is wrong
 */
export function parseQueueShards({ services }: Saga, text = ''): QueueShards {
  const shards = Object.fromEntries(services.map((service) => [service, 1]));
  if (text === '') return shards;
  const entries = counts.includes(text.trim())
    ? services.map((service) => `${service}=${text}`)
    : text.split(',');
  const named = new Set<string>();
  for (const entry of entries) {
    const [name = '', count = '', ...rest] = entry.split('=').map((part) => part.trim());
    const service = services.find((each) => each === name);
    if (service === undefined || named.has(service) || !counts.includes(count) || rest.length > 0) {
      throw new RangeError(
        `"${entry.trim()}" is neither ${counts.join(', ')} nor one of them for a service not yet named, such as inventory=4`,
      );
    }
    named.add(service);
    shards[service] = Number(count);
  }
  return shards;
}

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
