import { fromItem } from '../batch/record.ts';
import type { Item } from '../batch/store.ts';
import { log } from '../environment/log.ts';
import { forgetIdleOwner, ownerKeptIn } from './forget-owner.ts';
import { type End, forgetSagas, type Terms } from './forget-sagas.ts';
import { forgetOldTroubles } from './forget-trouble.ts';
import { forget, type Keeper, nobodyWants, together } from './keepers.ts';

/** One page at a time is some hundred read units a second, whatever the table has. */
const PAGE_SIZE = 50;
/** Where in the initiator's table it stands how far the last run came. */
const CURSOR = 'retention';

export interface Retained {
  /** Sagas that are forgotten now, and what participants had written of some after that; in a dry run, that would be. */
  readonly forgotten: number;
  /** Sagas that are kept for now. */
  readonly open: number;
  /** The log says why. */
  readonly failed: number;
  /** There was no time for the rest: the next run goes on there. */
  readonly more: boolean;
}

/**
 * Forgets sagas that ended so long ago. No index leads to them, as an index would make every saga dearer: the tables are
 * scanned, page by page, which is half a read unit for each 4 KB. A run that has no time left keeps its place, and the next
 * one goes on from there.
 *
 * `keptMs`: how long a saga is kept after its end; Infinity for ever. @throws StoreUnavailableError
 */
export const retaining =
  (
    { saga, keepers }: Pick<Terms, 'saga' | 'keepers'>,
    now: () => number,
    keptMs: () => number,
    pageSize = PAGE_SIZE,
  ) =>
  async (isOver: () => boolean, dryRun = false): Promise<Retained> => {
    const untilMs = now() - keptMs();
    const count = { forgotten: 0, open: 0, failed: 0 };
    if (untilMs === Number.NEGATIVE_INFINITY) return { ...count, more: false };
    const run = new Retention({ saga, keepers, untilMs, dryRun, isScan: true }, pageSize);
    let place = await run.place();
    while (place !== undefined) {
      const { ends, next } = await run.page(place);
      for (const end of ends) count[end] += 1;
      place = next;
      if (isOver()) break;
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

class Retention {
  readonly #terms: Terms;
  readonly #pageSize: number;

  constructor(terms: Terms, pageSize: number) {
    this.#terms = terms;
    this.#pageSize = pageSize;
  }

  /** The initiator comes first: what others write of a saga after that is found in their own tables. */
  get #all(): readonly Keeper[] {
    const { initiator, others } = this.#terms.keepers;
    return [initiator, ...others];
  }

  /** Where the last run stopped, or else the beginning. */
  async place(): Promise<Place | undefined> {
    const { initiator } = this.#terms.keepers;
    const kept = (await initiator.store.read([CURSOR])).get(CURSOR);
    const { service, after }: Partial<Item> = kept ?? {};
    const known = this.#all.find((keeper) => keeper.service === service) ?? initiator;
    return { service: known.service, ...(typeof after === 'string' ? { after } : {}) };
  }

  async keep(place: Place | undefined): Promise<void> {
    if (this.#terms.dryRun) return;
    const item = { pk: CURSOR, ...place };
    await this.#terms.keepers.initiator.store.write([{ kind: 'put', item, expects: 'anything' }]);
  }

  async page({ service, after }: Place): Promise<{ readonly ends: readonly End[]; readonly next?: Place }> {
    const index = this.#all.findIndex((keeper) => keeper.service === service);
    const keeper = this.#all[index];
    if (keeper === undefined) return { ends: [] };
    const { entries, next } = await keeper.store.scan(
      this.#pageSize,
      after === undefined ? after : { pk: after },
    );
    // There may be other items than records.
    const items = entries.filter(({ record }) => typeof record === 'string');
    const isFirst = keeper === this.#terms.keepers.initiator;
    const ends = await (isFirst ? forgetSagas(this.#terms, items) : this.#forgetLeft(keeper, items));
    if (isFirst) await this.#forgetOwners(entries);
    if (!this.#terms.dryRun) await forgetOldTroubles(keeper, entries, this.#terms.untilMs);
    const following = this.#all[index + 1];
    if (next !== undefined) return { ends, next: { service, after: next.pk } };
    return following === undefined ? { ends } : { ends, next: { service: following.service } };
  }

  async #forgetOwners(items: readonly Item[]): Promise<void> {
    const { saga, keepers, dryRun } = this.#terms;
    if (dryRun) return;
    const owners = new Set(items.map(ownerKeptIn).filter((owner) => owner !== undefined));
    await together([...owners].map((owner) => forgetIdleOwner(saga, keepers.initiator.store, owner)));
  }

  /** What a participant has written of a saga after it was forgotten. One that nobody has begun is a person's to look into. */
  async #forgetLeft(keeper: Keeper, items: readonly Item[]): Promise<readonly End[]> {
    const {
      saga,
      keepers: { initiator },
      dryRun,
    } = this.#terms;
    const records = items.flatMap((item) => this.#read(keeper, item));
    const begun = await initiator.store.read(records.map(({ sagaId }) => initiator.table.key(sagaId)));
    const left = records.flatMap((record) => {
      const item = begun.get(initiator.table.key(record.sagaId));
      const [first] = item === undefined ? [] : this.#read(initiator, item);
      return !record.isForgotten && first?.isForgotten === true ? [[record, first] as const] : [];
    });
    const ends = left.map(async ([record, first]): Promise<End> => {
      if (dryRun) return 'forgotten';
      return (await forget(keeper, record, nobodyWants(saga, keeper, first))) ? 'forgotten' : 'open';
    });
    return await together(ends);
  }

  #read({ service, table }: Keeper, item: Item) {
    try {
      return [fromItem(table, item)];
    } catch (error) {
      log('error', 'a record cannot be read', { service, key: item.pk, error: String(error) });
      return [];
    }
  }
}
