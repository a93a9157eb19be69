import { type Store, StoreUnavailableError, type Write, type WriteResult } from './store.ts';

/** A counter that many sagas change at once makes some transactions lose; a few tries get through. */
const MAX_TRIES = 5;

/**
 * Writes to what others are writing to at the same time. Resolves with what was written, or with what was not as it was
 * expected to be. @throws StoreUnavailableError also if there were others at every try
 */
export async function writeAmongOthers(store: Store, writes: readonly Write[]): Promise<WriteResult> {
  for (let tries = 1; tries <= MAX_TRIES; tries += 1) {
    const result = await store.write(writes);
    if (result.ok || result.refusals.some((refusal) => refusal?.cause === 'condition')) return result;
  }
  throw new StoreUnavailableError('what is to be written is changed by too many at once');
}
