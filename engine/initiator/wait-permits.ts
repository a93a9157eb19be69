import { type Item, type Store, StoreUnavailableError } from '../batch/store.ts';
import { log } from '../environment/log.ts';

/** How the keys of the permits begin, in the initiator's table. */
export const PERMIT = 'permit#';

/** Whoever finds so many permits taken does not wait. Permits are tried at random, so a few free ones may be missed. */
const TRIES = 2;

/** Gives the permit back. */
export type GiveBack = () => Promise<void>;

/**
 * The permits of those who wait for news. An environment of a function answers one request at a time, so each who waits
 * keeps one busy: no more wait at once than there are permits, over all environments. A permit is an item with a time
 * until which it is taken. So a function that dies gives its permit back, too.
 */
export class WaitPermits {
  readonly #store: Store;
  readonly #count: number;
  readonly #random: () => number;

  /** `random`: at least 0 and less than 1. */
  constructor(store: Store, count: number, random: () => number = Math.random) {
    this.#store = store;
    this.#count = count;
    this.#random = random;
  }

  /** Undefined if no permit was found: whoever asked is then answered at once. */
  async take(nowMs: number, forMs: number): Promise<GiveBack | undefined> {
    try {
      for (let tries = 0; tries < Math.min(TRIES, this.#count); tries += 1) {
        const giveBack = await this.#takeOne(nowMs, forMs);
        if (giveBack !== undefined) return giveBack;
      }
    } catch (error) {
      if (!(error instanceof StoreUnavailableError)) throw error;
      log('warn', 'no permit to wait', { error: error.message });
    }
    return undefined;
  }

  async #takeOne(nowMs: number, forMs: number): Promise<GiveBack | undefined> {
    const pk = `${PERMIT}${Math.floor(this.#random() * this.#count)}`;
    const permit = (await this.#store.read([pk])).get(pk);
    if (permit !== undefined && Number(permit.untilMs) > nowMs) return undefined;
    const taken = { pk, version: versionOf(permit) + 1, untilMs: nowMs + forMs };
    if (!(await this.#put(taken, permit))) return undefined;
    return async () => {
      // Somebody else may have it by now.
      await this.#put({ pk, version: taken.version + 1, untilMs: 0 }, taken).catch((error: unknown) =>
        log('warn', 'a permit stays taken until its time is over', { error: String(error) }),
      );
    };
  }

  async #put(item: Item, before: Item | undefined): Promise<boolean> {
    const expects = before === undefined ? 'absent' : { version: versionOf(before) };
    return (await this.#store.write([{ kind: 'put', item, expects }])).ok;
  }
}

const versionOf = (item: Item | undefined): number => Number(item?.version ?? 0);

/** @throws RangeError naming the setting, if it is no number of permits. `none`: nobody waits */
export function waitPermitsSetting(text = process.env.WAIT_PERMITS): number {
  if (text === undefined || text === '' || text === 'none') return 0;
  if (!/^[1-9]\d{0,3}$/.test(text))
    throw new RangeError(
      `WAIT_PERMITS is ${JSON.stringify(text)}: it has to be a number up to 9999, or none`,
    );
  return Number(text);
}
