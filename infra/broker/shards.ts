import { queueOf } from '../../engine/saga/routes.ts';
import { slots } from '../../engine/saga/slots.ts';
import { type Service, shop } from '../../functions/shop.ts';

/** How many queues each service reads. */
export type QueueShards = Readonly<Record<Service, number>>;

/** Of these each gets as many slots as the next. */
const counts = ['1', '2', '4', '8', '16'];

/**
 * Reads `4`, for every service, or `inventory=4,payment=2`; who is not named has one queue.
 * @throws RangeError naming the entry that is wrong
 */
export function parseQueueShards(text = ''): QueueShards {
  const shards: Record<Service, number> = { order: 1, inventory: 1, payment: 1 };
  if (text === '') return shards;
  const entries = counts.includes(text.trim())
    ? shop.services.map((service) => `${service}=${text}`)
    : text.split(',');
  const named = new Set<Service>();
  for (const entry of entries) {
    const [name = '', count = '', ...rest] = entry.split('=').map((part) => part.trim());
    const service = shop.services.find((each) => each === name);
    if (service === undefined || named.has(service) || !counts.includes(count) || rest.length > 0) {
      throw new RangeError(
        `"${entry.trim()}" is neither ${counts.join(', ')} nor one of them for a service, once, such as inventory=4`,
      );
    }
    named.add(service);
    shards[service] = Number(count);
  }
  return shards;
}

export const oneQueueEach: QueueShards = parseQueueShards();

/** A service's queues: as many as its shards, each with an event source mapping of its own. */
export const queuesOf = (service: Service, shards: QueueShards): readonly string[] =>
  shards[service] === 1
    ? [queueOf(service)]
    : Array.from({ length: shards[service] }, (_, index) => `${queueOf(service)}.${index}`);

/** The slots whose orders go to the queue that is `index` in the list, of `count`. */
export const slotsOf = (index: number, count: number): readonly string[] =>
  slots.filter((_, slot) => slot % count === index);
