import { hashOf } from './hash.ts';
import type { SagaId } from './ids.ts';

/**
 * A service's queue may be several, each for some of these slots. A saga stays in its slot, so all that is said of
 * it goes one way; who publishes says which slot it is, and knows nothing of the queues.
 */
export const slots: readonly string[] = Array.from({ length: 16 }, (_, slot) => slot.toString(16));
export const SLOT_HEADER = 'saga-slot';

/** For a message about a saga. By the high bits, which all of its id has gone into. */
export const slotHeader = (sagaId: SagaId) => ({
  [SLOT_HEADER]: (hashOf(sagaId) >>> 28).toString(16),
});
