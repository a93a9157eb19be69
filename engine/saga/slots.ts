import { hashOf } from './hash.ts';
import type { SagaId } from './ids.ts';

/**
 * A service may have several queues, each for some of these slots. A saga stays in its slot, so all its messages to a
 * service go to one queue. Publishers name the slot and need not know the queues.
 */
export const slots: readonly string[] = Array.from({ length: 16 }, (_, slot) => slot.toString(16));
export const SLOT_HEADER = 'saga-slot';

/** The header for a message about a saga. Uses the hash's high bits, which depend on the whole id. */
export const slotHeader = (sagaId: SagaId) => ({
  [SLOT_HEADER]: (hashOf(sagaId) >>> 28).toString(16),
});
