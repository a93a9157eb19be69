import { type Item, type Store, StoreUnavailableError } from '../batch/store.ts';
import { log } from '../environment/log.ts';

/** How the keys of the seats begin, in the initiator's table. */
export const SEAT = 'seat#';

/** Whoever finds so many seats taken does not wait. Seats are tried at random, so a few free ones may be missed. */
const TRIES = 2;

/** Gives the seat back. */
export type Leave = () => Promise<void>;

/**
 * The seats of those who wait for news. An environment of a function answers one request at a time, so each who waits
 * keeps one busy: no more wait at once than there are seats, over all environments. A seat is an item with a time
 * until which it is taken. So a function that dies gives its seat back, too.
 */
export class WaitSeats {
  readonly #store: Store;
  readonly #count: number;
  readonly #random: () => number;

  /** `random`: at least 0 and less than 1. */
  constructor(store: Store, count: number, random: () => number = Math.random) {
    this.#store = store;
    this.#count = count;
    this.#random = random;
  }

  /** Undefined if no seat was found: whoever asked is then answered at once. */
  async take(nowMs: number, forMs: number): Promise<Leave | undefined> {
    try {
      for (let tries = 0; tries < Math.min(TRIES, this.#count); tries += 1) {
        const leave = await this.#takeOne(nowMs, forMs);
        if (leave !== undefined) return leave;
      }
    } catch (error) {
      if (!(error instanceof StoreUnavailableError)) throw error;
      log('warn', 'no seat to wait on', { error: error.message });
    }
    return undefined;
  }

  async #takeOne(nowMs: number, forMs: number): Promise<Leave | undefined> {
    const pk = `${SEAT}${Math.floor(this.#random() * this.#count)}`;
    const seat = (await this.#store.read([pk])).get(pk);
    if (seat !== undefined && Number(seat.untilMs) > nowMs) return undefined;
    const taken = { pk, version: versionOf(seat) + 1, untilMs: nowMs + forMs };
    if (!(await this.#put(taken, seat))) return undefined;
    return async () => {
      // Somebody else may have it by now.
      await this.#put({ pk, version: taken.version + 1, untilMs: 0 }, taken).catch((error: unknown) =>
        log('warn', 'a seat stays taken until its time is over', { error: String(error) }),
      );
    };
  }

  async #put(item: Item, before: Item | undefined): Promise<boolean> {
    const expects = before === undefined ? 'absent' : { version: versionOf(before) };
    return (await this.#store.write([{ kind: 'put', item, expects }])).ok;
  }
}

const versionOf = (item: Item | undefined): number => Number(item?.version ?? 0);

/** @throws RangeError naming the setting, if it is no number of seats. `none`: nobody waits */
export function waitSeatsSetting(text = process.env.WAIT_SEATS): number {
  if (text === undefined || text === '' || text === 'none') return 0;
  if (!/^[1-9]\d{0,3}$/.test(text))
    throw new RangeError(`WAIT_SEATS is ${JSON.stringify(text)}: it has to be a number up to 9999, or none`);
  return Number(text);
}
