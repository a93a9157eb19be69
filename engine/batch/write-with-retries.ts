import { type Store, StoreUnavailableError, type Write, type WriteResult } from './store.ts';

/** Many sagas change one counter at once, so some transactions lose. A few tries get through. */
const MAX_TRIES = 5;

/**
 * Retries a write that lost to a concurrent transaction. Resolves once it is written or a condition has failed.
 * @throws StoreUnavailableError also if every try lost
 */
export async function writeAmongOthers(store: Store, writes: readonly Write[]): Promise<WriteResult> {
  for (let tries = 1; tries <= MAX_TRIES; tries += 1) {
    const result = await store.write(writes);
    if (result.ok || result.refusals.some((refusal) => refusal?.cause === 'condition')) return result;
  }
  throw new StoreUnavailableError(`lost to concurrent transactions ${MAX_TRIES} times`);
}
