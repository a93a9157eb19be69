import type { OutgoingMessage } from '../../../engine/batch/messages.ts';
import { SLOT_HEADER, slots } from '../../../engine/saga/slots.ts';
import { sagaIdOf } from './message-id.ts';

/** Every event names a slot, by which it finds its queue where a service has several: of one saga always the same. */
export class Slots {
  readonly #bySaga = new Map<string, string>();

  flawOf({ messageId, headers }: OutgoingMessage): string | undefined {
    const slot = String(headers?.[SLOT_HEADER]);
    if (!slots.includes(slot)) return `${messageId} names no slot but ${slot}`;
    const sagaId = sagaIdOf(messageId);
    const before = this.#bySaga.get(sagaId) ?? slot;
    this.#bySaga.set(sagaId, before);
    return before === slot ? undefined : `${messageId} is for slot ${slot}, and ${sagaId} is in ${before}`;
  }
}
