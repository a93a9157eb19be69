import { allOf } from '../batch/all-of.ts';
import type { Item } from '../batch/store.ts';
import { ENDED, ENDS, endedShards } from '../saga/initiator-table.ts';
import { type AnyRecord, recordIn, type Viewed } from './seen.ts';

/** Bounds one call: behind so many sagas that do not fit, the caller goes on with the cursor. */
const PAGE_SIZE = 100;
const MAX_PAGES = 10;
const MAX_MS = 10_000;
const COUNTED_AT_ONCE = 1_000;

/** Which sagas a request is about: those that ended on a day, such as `2026-11-30`. */
export interface WantedEnds {
  readonly day: string;
  readonly status: string | undefined;
  /** The code of the reason for which it was cancelled. */
  readonly reason: string | undefined;
}

/** An entry of the index. */
interface Entry {
  readonly shard: string;
  readonly id: string;
  readonly endedMs: number;
}

/** By partition, behind which entry a list goes on; null where nothing is left. What is absent has yet to be begun. */
export type Places = Readonly<Record<string, Pick<Entry, 'id' | 'endedMs'> | null>>;

interface Reading {
  readonly limit: number;
  readonly from?: Places | undefined;
  readonly now: () => number;
}

/** One that was found. `record`: undefined if it cannot be read. */
export interface FoundEnd {
  readonly item: Item;
  readonly record: AnyRecord | undefined;
}

/**
 * Sagas that have ended on a day, newest first, until they are forgotten. `places`: undefined if there are no more.
 *
 * @throws StoreUnavailableError
 */
export async function endedSagas(
  viewed: Viewed,
  wanted: WantedEnds,
  { limit, from = {}, now }: Reading,
): Promise<{ readonly found: readonly FoundEnd[]; readonly places: Places | undefined }> {
  const found: FoundEnd[] = [];
  const places: Record<string, Places[string]> = { ...from };
  const shards = shardsOf(wanted);
  const untilMs = now() + MAX_MS;
  for (let pages = 0; pages < MAX_PAGES && found.length < limit && now() < untilMs; pages += 1) {
    const open = shards.filter((shard) => places[shard] !== null);
    if (open.length === 0) break;
    const size = wanted.reason === undefined ? limit - found.length : PAGE_SIZE;
    const read = await allOf(open.map((shard) => pageOf(viewed, shard, places[shard], size)));
    const newest = read
      .flatMap(({ entries }) => entries)
      .toSorted((one, other) => other.endedMs - one.endedMs)
      .slice(0, size);
    const items = await viewed.store.read(newest.map(({ id }) => id));
    for (const { shard, id, endedMs } of newest) {
      if (found.length === limit) break;
      places[shard] = { id, endedMs };
      const item = items.get(id);
      // The index lags behind the table: it may be forgotten meanwhile.
      if (item?.ended === undefined) continue;
      const each = { item, record: recordIn(viewed, item) };
      if (wanted.reason === undefined || reasonOf(each) === wanted.reason) found.push(each);
    }
    for (const { shard, entries, isLast } of read)
      if (isLast && (entries.length === 0 || places[shard]?.id === entries.at(-1)?.id)) places[shard] = null;
  }
  return { found, places: shards.every((shard) => places[shard] === null) ? undefined : places };
}

const shardsOf = ({ day, status }: Pick<WantedEnds, 'day' | 'status'>): readonly string[] =>
  (status === undefined ? ENDS : [status]).flatMap((each) => endedShards(day, each));

async function pageOf({ store }: Viewed, shard: string, place: Places[string] | undefined, limit: number) {
  const after = place ? { pk: place.id, ended: shard, endedMs: place.endedMs } : undefined;
  const { entries, next } = await store.query({
    ...{ index: ENDED, partition: ['ended', shard] as const, newestFirst: true, limit, after },
  });
  const found = entries.map(({ pk, endedMs }): Entry => ({ shard, id: pk, endedMs: Number(endedMs) }));
  return { shard, entries: found, isLast: next === undefined };
}

const reasonOf = ({ record }: Pick<FoundEnd, 'record'>): string | undefined => {
  const { reason } = (record?.state ?? {}) as { readonly reason?: { readonly code: string } };
  return reason?.code;
};

/**
 * When sagas have ended on a day, partition by partition, as far as `isOver` lets it go. @throws StoreUnavailableError
 */
export async function eachEnd(
  viewed: Viewed,
  day: string,
  isOver: () => boolean,
  meet: (status: string, endedMs: number) => void,
): Promise<{ readonly isWhole: boolean }> {
  const ends = await allOf(
    ENDS.flatMap((status) => endedShards(day, status).map((shard) => ({ status, shard }))).map(
      async ({ status, shard }) => {
        let place: Places[string] | undefined;
        do {
          if (isOver()) return false;
          const { entries, isLast } = await pageOf(viewed, shard, place, COUNTED_AT_ONCE);
          for (const { endedMs } of entries) meet(status, endedMs);
          place = isLast ? null : entries.at(-1);
        } while (place);
        return true;
      },
    ),
  );
  return { isWhole: ends.every(Boolean) };
}
