import { sinceMs } from '../batch/forget.ts';
import { fromItem } from '../batch/record.ts';
import type { Item } from '../batch/store.ts';
import { log } from '../environment/log.ts';
import { type AnyRecord, endedMs, forget, isRecord, type Keeper, type Keepers } from './keepers.ts';

/** One page at a time is some hundred read units a second, whatever the table has. */
const PAGE_SIZE = 50;
/** Where in the initiator's table it stands how far the last run came. */
const CURSOR = 'retention';

export interface Retained {
  /** Records that are forgotten now; in a dry run, that would be. */
  readonly forgotten: number;
  /** Records that were looked at. */
  readonly seen: number;
  /** The log says why. */
  readonly failed: number;
  /** There was no time for the rest: the next run goes on there. */
  readonly more: boolean;
}

/**
 * Forgets what each participant has recorded of sagas that ended so long ago. No index leads to them, as an index would make
 * every saga dearer: the tables are scanned, page by page, which is half a read unit for each 4 KB. A run that has no time
 * left keeps its place, and the next one goes on from there.
 *
 * `keptMs`: how long a saga is kept after its end; Infinity for ever. @throws StoreUnavailableError
 */
export const retaining =
  (keepers: Keepers, now: () => number, keptMs: () => number) =>
  async (isOver: () => boolean, dryRun = false): Promise<Retained> => {
    const run = new Retention(keepers, now() - keptMs(), dryRun);
    const count = { forgotten: 0, seen: 0, failed: 0 };
    if (keptMs() === Number.POSITIVE_INFINITY) return { ...count, more: false };
    let place = await run.place();
    while (place !== undefined) {
      const { ends, next } = await run.page(place);
      for (const end of ends) count[end] += 1;
      place = next;
      if (place !== undefined && isOver()) break;
    }
    await run.keep(place);
    const result = { ...count, more: place !== undefined };
    log('info', dryRun ? 'what would be forgotten' : 'what was forgotten', result);
    return result;
  };

/** The participant whose table is scanned, and the last item that was seen there. */
interface Place {
  readonly service: string;
  readonly after?: string | undefined;
}

type End = 'forgotten' | 'seen' | 'failed';

class Retention {
  readonly #keepers: Keepers;
  /** Whatever ended later is kept. */
  readonly #untilMs: number;
  readonly #dryRun: boolean;

  constructor(keepers: Keepers, untilMs: number, dryRun: boolean) {
    this.#keepers = keepers;
    this.#untilMs = untilMs;
    this.#dryRun = dryRun;
  }

  get #all(): readonly Keeper[] {
    return [...this.#keepers.others, this.#keepers.initiator];
  }

  /** Where the last run stopped, or else the beginning. */
  async place(): Promise<Place | undefined> {
    const kept = (await this.#keepers.initiator.store.read([CURSOR])).get(CURSOR);
    const { service, after }: Partial<Item> = kept ?? {};
    const isKnown = this.#all.some((keeper) => keeper.service === service);
    if (isKnown && typeof service === 'string' && typeof after === 'string') return { service, after };
    const [first] = this.#all;
    return first && { service: first.service };
  }

  async keep(place: Place | undefined): Promise<void> {
    if (this.#dryRun) return;
    const item = { pk: CURSOR, ...place };
    await this.#keepers.initiator.store.write([{ kind: 'put', item, expects: 'anything' }]);
  }

  async page({ service, after }: Place): Promise<{ readonly ends: readonly End[]; readonly next?: Place }> {
    const index = this.#all.findIndex((keeper) => keeper.service === service);
    const keeper = this.#all[index];
    if (keeper === undefined) return { ends: [] };
    const { entries, next } = await keeper.store.scan(PAGE_SIZE, after === undefined ? after : { pk: after });
    const ends = await this.#judge(keeper, entries.filter(isRecord));
    const following = this.#all[index + 1];
    if (next !== undefined) return { ends, next: { service, after: next.pk } };
    return following === undefined ? { ends } : { ends, next: { service: following.service } };
  }

  async #judge(keeper: Keeper, items: readonly Item[]): Promise<readonly End[]> {
    const records = items.flatMap((item) => this.#read(keeper, item));
    const isOver = await this.#overIn(keeper, records);
    const ends = records.map(async (record): Promise<End> => {
      if (record.isForgotten || !isOver(record)) return 'seen';
      if (this.#dryRun) return 'forgotten';
      return (await forget(keeper, record)) === 'forgotten' ? 'forgotten' : 'seen';
    });
    const unreadable = Array.from({ length: items.length - records.length }, () => 'failed' as const);
    return [...unreadable, ...(await Promise.all(ends))];
  }

  #read({ service, table }: Keeper, item: Item): readonly AnyRecord[] {
    try {
      return [fromItem(table, item)];
    } catch (error) {
      log('error', 'a record was not forgotten', { service, key: item.pk, error: String(error) });
      return [];
    }
  }

  /** Whether a saga has ended so long ago. Of one that nobody has begun, others may have records all the same. */
  async #overIn(keeper: Keeper, records: readonly AnyRecord[]): Promise<(record: AnyRecord) => boolean> {
    const { initiator } = this.#keepers;
    if (keeper === initiator) return (record) => this.#isOver(endedMs(initiator, record));
    const keys = records.map(({ sagaId }) => initiator.table.key(sagaId));
    const items = await initiator.store.read(keys);
    return (record) => {
      const item = items.get(initiator.table.key(record.sagaId));
      if (item === undefined) return this.#isOver(sinceMs(record));
      // One that cannot be read may be under way.
      const [begun] = this.#read(initiator, item);
      // What a participant has written late is due at once.
      return begun !== undefined && (begun.isForgotten || this.#isOver(endedMs(initiator, begun)));
    };
  }

  #isOver(atMs: number | undefined): boolean {
    return atMs !== undefined && atMs <= this.#untilMs;
  }
}
