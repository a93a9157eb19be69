import * as z from 'zod';
import type { Item } from '../batch/store.ts';
import { log } from '../environment/log.ts';
import { CallerId } from '../saga/ids.ts';
import { byOwner } from '../saga/initiator-table.ts';
import type { Saga } from '../saga/saga.ts';
import { forgetOwner } from './forget-owner.ts';
import { forgetSagas } from './forget-sagas.ts';
import type { Keepers } from './keepers.ts';

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
  readonly forgotten: number;
  /** They go on, or have ended within the last quarter of an hour: ask again then. */
  readonly open: number;
  /** The log says why. */
  readonly failed: number;
  /** There was no time for the rest: ask again at once. */
  readonly more: boolean;
}

/**
 * Forgets every saga of one owner that has ended. Nothing of a saga under way is touched. A run that was cut short is
 * repeated: the index shows what is left.
 *
 * @throws ZodError if the event has another shape; StoreUnavailableError
 */
export const erasing =
  (saga: Saga, keepers: Keepers, now: () => number, pageSize = PAGE_SIZE) =>
  async (event: unknown, isOver: () => boolean): Promise<Erased> => {
    const { owner, reason, dryRun } = Wish.parse(event);
    const { store } = keepers.initiator;
    const count = { forgotten: 0, open: 0, failed: 0 };
    let after: Item | undefined;
    let more = false;
    do {
      const { entries, next } = await store.query({
        index: byOwner(saga),
        partition: [saga.owner, owner],
        limit: pageSize,
        after,
      });
      // The index lags behind the table.
      const items = await store.read(entries.map(({ pk }) => pk));
      const terms = { saga, keepers, untilMs: now() - SETTLE_MS, dryRun };
      for (const end of await forgetSagas(terms, [...items.values()])) count[end] += 1;
      after = next;
      more = after !== undefined && isOver();
    } while (after !== undefined && !more);
    if (!more && !dryRun && count.open + count.failed === 0) await forgetOwner(store, owner);
    log('info', dryRun ? 'an owner would be erased' : 'an owner was erased', { ...count, more, reason });
    return { ...count, more };
  };
