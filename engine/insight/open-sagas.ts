import { allOf } from '../batch/all-of.ts';
import type { Item } from '../batch/store.ts';
import type { SagaId } from '../saga/ids.ts';
import { DUE, dueShards } from '../saga/initiator-table.ts';
import type { Saga } from '../saga/saga.ts';
import { type AnyRecord, recordIn, type Seen, see, type Viewed, type Views } from './seen.ts';
import { waitsOn } from './waits-on.ts';

/** Bounds one call: behind so many sagas that do not fit, the caller goes on with the cursor. */
const PAGE_SIZE = 100;
const MAX_PAGES = 10;
/** No page is begun after this, so that the caller gets what there is, and the cursor. */
const MAX_MS = 10_000;

/** Which open sagas a request is about. */
export interface Wanted {
  readonly status: string | undefined;
  readonly olderThanMs: number | undefined;
  /** The code of the reason for which it is cancelled. */
  readonly reason: string | undefined;
  /** At whom it stands. */
  readonly service: string | undefined;
}

/** A place in the index. Without an id: where a shard begins. */
export interface Place {
  readonly shard: string;
  readonly id?: string | undefined;
  readonly due?: number | undefined;
}

/** A saga as the initiator's table has it. `record`: undefined if it cannot be read. */
interface Open {
  readonly item: Item;
  readonly record: AnyRecord | undefined;
}

/** One that was found; `seen` only if it can be read. */
export interface Found extends Open {
  readonly seen: Seen | undefined;
}

/**
 * Open sagas, by the index of what is due: those that the schedule comes to first are first in each shard. A saga that moves
 * on meanwhile may be missed or come twice. `last`: behind it there may be more.
 *
 * @throws StoreUnavailableError
 */
export async function openSagas(
  saga: Saga,
  views: Views,
  wanted: Wanted,
  {
    limit,
    from,
    now,
  }: { readonly limit: number; readonly from: Place | undefined; readonly now: () => number },
): Promise<{ readonly found: readonly Found[]; readonly last: Place | undefined }> {
  const found: Found[] = [];
  const nowMs = now();
  const isOver = () => now() - nowMs > MAX_MS;
  let place: Place | undefined = from ?? { shard: dueShards[0] ?? '' };
  for (let pages = 0; pages < MAX_PAGES && place !== undefined && !isOver(); pages += 1) {
    const size = isNarrow(wanted) ? PAGE_SIZE : limit - found.length;
    const { open, entries, next } = await pageOf(views.initiator, place, size);
    const fitting = open
      .map((item) => ({ item, record: recordIn(views.initiator, item) }))
      .filter((each) => fits(each, wanted, nowMs));
    const readable = fitting.flatMap(({ record }) => (record === undefined ? [] : [record.sagaId]));
    const seen = await see(views, readable);
    for (const each of fitting) {
      const its = each.record && seen.get(each.record.sagaId as SagaId);
      if (wanted.service !== undefined && !standsAt(saga, its, wanted.service)) continue;
      found.push({ ...each, seen: its });
      if (found.length === limit) {
        const entry = entries.find(({ pk }) => pk === each.item.pk);
        return { found, last: entry === undefined ? next : placeOf(entry) };
      }
    }
    place = next;
  }
  return { found, last: place };
}

/** Reads a page of the index. The index lags behind the table, so the item itself decides whether it is still open. */
async function pageOf({ store }: Viewed, { shard, id, due }: Place, limit: number) {
  const after = id === undefined ? undefined : { pk: id, dueShard: shard, dueEpochSeconds: Number(due) };
  const { entries, next } = await store.query({ index: DUE, partition: ['dueShard', shard], limit, after });
  const items = await store.read(entries.map(({ pk }) => pk));
  const open = entries.flatMap(({ pk }): Item[] => {
    const item = items.get(pk);
    return item?.dueShard === undefined ? [] : [item];
  });
  const following = dueShards[dueShards.indexOf(shard) + 1];
  const nextShard = following === undefined ? undefined : { shard: following };
  return { open, entries, next: next === undefined ? nextShard : placeOf(next) };
}

const placeOf = ({ pk, dueShard, dueEpochSeconds }: Item): Place => ({
  shard: typeof dueShard === 'string' ? dueShard : '',
  id: pk,
  due: Number(dueEpochSeconds),
});

const isNarrow = (wanted: Wanted): boolean => Object.values(wanted).some((each) => each !== undefined);

function fits({ record }: Open, wanted: Wanted, nowMs: number): boolean {
  if (record === undefined) return !isNarrow(wanted);
  const { status, createdAtMs, reason } = record.state as AnyRecord['state'] & {
    readonly reason?: { readonly code: string };
  };
  return (
    (wanted.status === undefined || status === wanted.status) &&
    (wanted.olderThanMs === undefined || nowMs - Number(createdAtMs) >= wanted.olderThanMs) &&
    (wanted.reason === undefined || reason?.code === wanted.reason)
  );
}

const standsAt = (saga: Saga, seen: Seen | undefined, service: string): boolean =>
  seen !== undefined && waitsOn(saga, seen).some((each) => each.service === service);

/**
 * All open sagas, shard by shard, as far as `isOver` lets it go: their items as they are, since to read the records of very many
 * takes longer than to get them. @throws StoreUnavailableError
 */
export async function eachOpen(
  { initiator }: Views,
  isOver: () => boolean,
  meet: (item: Item) => void,
): Promise<{ readonly isWhole: boolean }> {
  const ends = await allOf(
    dueShards.map(async (shard) => {
      let place: Place | undefined = { shard };
      while (place?.shard === shard) {
        if (isOver()) return false;
        const { open, next } = await pageOf(initiator, place, PAGE_SIZE);
        for (const each of open) meet(each);
        place = next;
      }
      return true;
    }),
  );
  return { isWhole: ends.every(Boolean) };
}
