import type { DeadLetterMessage } from './broker-books.ts';
import type { Deletion } from './stage.ts';

/** A message that nobody can handle, and the queue where it has to be in the end. */
export interface Nonsense {
  readonly from: string;
  readonly to: string;
  readonly sentMs: number;
}

/** So long it may take to send one. */
export const publishTimeoutMs = 4_000;

/** So many may be delivered and not acknowledged, which the broker does not count when it deletes a queue. */
const MOST_IN_WORK = 500;

/**
 * The nonsense that has to be a dead letter, by its id. Of what is none, as many may be lost as were in its queue when that
 * was deleted, and all that was sent when there was no queue.
 */
export function nonsenseToFind(
  sent: ReadonlyMap<string, Nonsense>,
  deletions: readonly Deletion[],
  deadLetters: readonly DeadLetterMessage[],
): ReadonlyMap<string, string> {
  const found = new Set(deadLetters.map(({ queue, messageId }) => `${queue} ${messageId}`));
  const left = new Map(sent);
  for (const { queue, atMs, againAtMs, messages } of deletions) {
    let lost = messages + MOST_IN_WORK;
    for (const [messageId, { from, to, sentMs }] of left) {
      if (from !== queue || found.has(`${to} ${messageId}`) || sentMs > againAtMs + publishTimeoutMs)
        continue;
      if (sentMs < atMs - publishTimeoutMs && lost-- <= 0) continue;
      left.delete(messageId);
    }
  }
  return new Map([...left].map(([messageId, { to }]) => [messageId, to]));
}
