import type { Step } from '../batch/participant.ts';
import type { Item } from '../batch/store.ts';
import { type Actor, auditEntry } from './entry.ts';

/** Makes the entry of whatever step somebody's wish for a saga leads to. A record takes a step into each version once. */
export const stepEntry =
  (actor: Actor, act: string, sagaId: string, reason: string | undefined) =>
  ({ before = '', after, version, nowMs }: Step): Item => {
    const changed = { before: { status: before }, after: { status: after } };
    return auditEntry(actor, { act, about: [sagaId], ...changed, reason }, nowMs, sagaId, String(version));
  };
