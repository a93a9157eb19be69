import type { Saga } from './saga.ts';

/** The number of queues that each service reads. */
export type QueueShards = Readonly<Record<string, number>>;

/** With these counts all shards get the same number of slots. */
const counts = ['1', '2', '4', '8', '16'];

/**
 * Reads `4`, for every service, or `one=4,another=2`; the others have one queue.
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
        `"${entry.trim()}" is neither ${counts.join(', ')} nor one of them for a service not yet named, such as ${services.at(-1)}=4`,
      );
    }
    named.add(service);
    shards[service] = Number(count);
  }
  return shards;
}
