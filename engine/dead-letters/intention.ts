import { type Actor, auditWrite } from '../audit/entry.ts';
import type { TableEdges } from '../batch/edges.ts';
import { writeAmongOthers } from '../batch/write-with-retries.ts';
import type { Placed } from './page.ts';

/** As our own messages have them. Whatever else calls itself an id may say anything, and is long. */
const ID = /^[\w.:-]{1,80}$/;

/**
 * Writes, once, what is about to be done with dead letters. That moves messages and writes no table, so the entry comes
 * before it: after a crash it names what may have been moved, and nothing was moved that no entry names.
 */
export function intention(
  act: 'redrive' | 'discard',
  deadLetters: readonly Placed[],
  actor: Actor,
  reason: string | undefined,
  { store, now }: TableEdges,
): () => Promise<void> {
  let written: Promise<void> | undefined;
  const about = deadLetters.map(({ delivery: { messageId }, digest }) =>
    ID.test(messageId) ? messageId : digest,
  );
  const write = async () => {
    const found = { before: { found: about.length }, after: {} };
    const entry = auditWrite(actor, { act, about, ...found, reason }, now(), actor.requestId);
    // It is there already if the answer to the same put was lost.
    await writeAmongOthers(store, [entry]);
  };
  return () => (written ??= write());
}
