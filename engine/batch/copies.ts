import type { SagaId } from '../saga/ids.ts';
import type { Work } from './participant.ts';

/** A batch without copies, and for each piece of its work the position of the one that is done for it. */
export interface Folded<Input> {
  readonly distinct: readonly Work<Input>[];
  readonly positions: readonly number[];
}

/**
 * Folds copies of a message into the first one, if no other message of its saga came between them. What the first has
 * done, a copy right behind it would find done, and it would only say the same again, or ask the outside again, which
 * does not answer better for that. Behind another message a copy may have something else to say, so it is kept.
 */
export function fold<Input>(batch: readonly Work<Input>[]): Folded<Input> {
  const distinct: Work<Input>[] = [];
  const last = new Map<SagaId, { readonly message: string | undefined; readonly position: number }>();
  const positions = batch.map((work) => {
    const { sagaId, message } = work;
    const before = last.get(sagaId);
    if (before !== undefined && message !== undefined && before.message === message) return before.position;
    const position = distinct.push(work) - 1;
    last.set(sagaId, { message, position });
    return position;
  });
  return { distinct, positions };
}
