import * as z from 'zod';
import { forgotten } from '../batch/forget.ts';
import { fromItem } from '../batch/record.ts';
import type { Item } from '../batch/store.ts';
import { log } from '../environment/log.ts';
import { CallerId } from '../saga/ids.ts';
import { byOwner } from '../saga/initiator-table.ts';
import type { Saga } from '../saga/saga.ts';
import { type AnyRecord, endedMs, forget, type Keeper, type Keepers } from './keepers.ts';

const PAGE_SIZE = 25;
/** What has ended later may still have messages on their way, of which something would be written again. */
const SETTLE_MS = 15 * 60_000;

/** Whom to erase, and why: a word for the log that names nobody, such as the number of a request. */
const Wish = z.strictObject({
  owner: CallerId,
  reason: z.string().regex(/^[\w .:#/-]{3,100}$/, 'must be 3 to 100 letters, digits, spaces or . : # / - _'),
  dryRun: z.boolean().default(false),
});

export interface Erased {
  /** Sagas that are forgotten now; in a dry run, that would be. */
  readonly erased: number;
  /** They go on, or have ended within the last quarter of an hour: ask again then. */
  readonly open: number;
  /** The log says why. */
  readonly failed: number;
  /** There was no time for the rest: ask again at once. */
  readonly more: boolean;
}

/** Where the key is by which the audit names an owner. Without it, the name that the audit has leads to nobody. */
const pseudonymKeyOf = (owner: string): string => `pseudonym-key#${owner}`;

/**
 * Forgets every saga of one owner that has ended, at each participant. The initiator is last: by its index the saga is found
 * until all the others have forgotten it, so a run that was cut short is repeated. Nothing of a saga under way is touched.
 *
 * @throws ZodError if the event has another shape; StoreUnavailableError
 */
export const erasing =
  (saga: Saga, keepers: Keepers, now: () => number) =>
  async (event: unknown, isOver: () => boolean): Promise<Erased> => {
    const { owner, reason, dryRun } = Wish.parse(event);
    const { store } = keepers.initiator;
    const count = { erased: 0, open: 0, failed: 0 };
    let after: Item | undefined;
    let more = false;
    do {
      const { entries, next } = await store.query({
        index: byOwner(saga),
        partition: [saga.owner, owner],
        limit: PAGE_SIZE,
        after,
      });
      const ends = await erasePage({ saga, keepers, nowMs: now(), dryRun }, entries);
      for (const end of ends) count[end] += 1;
      after = next;
      more = after !== undefined && isOver();
    } while (after !== undefined && !more);
    if (!more && !dryRun && count.open + count.failed === 0)
      await store.write([{ kind: 'delete', key: pseudonymKeyOf(owner) }]);
    log('info', dryRun ? 'an owner would be erased' : 'an owner was erased', { ...count, more, reason });
    return { ...count, more };
  };

interface Page {
  readonly saga: Saga;
  readonly keepers: Keepers;
  readonly nowMs: number;
  readonly dryRun: boolean;
}

type End = 'erased' | 'open' | 'failed';

async function erasePage(page: Page, entries: readonly Item[]): Promise<readonly End[]> {
  const { initiator, others } = page.keepers;
  const items = await initiator.store.read(entries.map(({ pk }) => pk));
  const sagaIds = [...items.keys()].map((pk) => page.saga.id.schema.parse(pk));
  const kept = await Promise.all(
    others.map(async ({ table, store }) => await store.read(sagaIds.map((sagaId) => table.key(sagaId)))),
  );
  const ends = [...items.values()].map(async (item): Promise<readonly End[]> => {
    try {
      const record = fromItem(initiator.table, item);
      // The index lags behind the table.
      if (record.isForgotten) return [];
      const records = others.flatMap((keeper, index): readonly (readonly [Keeper, AnyRecord])[] => {
        const found = kept[index]?.get(keeper.table.key(record.sagaId));
        return found === undefined ? [] : [[keeper, fromItem(keeper.table, found)]];
      });
      return [await erase(page, record, records)];
    } catch (error) {
      log('error', 'a saga was not erased', { [page.saga.id.name]: item.pk, error: String(error) });
      return ['failed'];
    }
  });
  return (await Promise.all(ends)).flat();
}

/** All or nothing, but for what others write in between: the next run then finds it again. */
async function erase(
  { keepers: { initiator }, nowMs, dryRun }: Page,
  record: AnyRecord,
  records: readonly (readonly [Keeper, AnyRecord])[],
): Promise<End> {
  const atMs = endedMs(initiator, record);
  if (atMs === undefined || nowMs - atMs < SETTLE_MS) return 'open';
  const isUnderWay = ([{ table }, each]: (typeof records)[number]) =>
    !each.isForgotten && forgotten(table, each) === undefined;
  if (records.some(isUnderWay)) return 'open';
  if (dryRun) return 'erased';
  const fates = await Promise.all(records.map(([keeper, each]) => forget(keeper, each)));
  if (fates.some((fate) => fate !== 'forgotten')) return 'open';
  return (await forget(initiator, record)) === 'forgotten' ? 'erased' : 'open';
}
