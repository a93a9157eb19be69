import { hash } from 'node:crypto';
import type { Item, Write } from '../batch/store.ts';
import { AUDIT_PREFIX, EXPIRES } from '../saga/audit-index.ts';
import { isoDay, isoTime } from '../saga/iso-time.ts';
import { keptDays } from './kept-days.ts';

/** Who acts, and in which request. */
export interface Actor {
  /** A member of staff by their subject; an owner by a pseudonym. */
  readonly by: string;
  /** The role in which they act. */
  readonly role: string;
  readonly requestId: string;
}

/** What was changed: statuses and numbers only, and nothing of a person. */
export type Facts = Readonly<Record<string, string | number>>;

/** What somebody does. */
export interface Act {
  readonly act: string;
  /** A saga's id, a counter's name, or the ids of dead letters. */
  readonly about: readonly string[];
  readonly before: Facts;
  readonly after: Facts;
  /** Why, in the words of the staff. */
  readonly reason?: string | undefined;
}

const DAY_SECONDS = 86_400;

/** Puts an entry where none is. In the transaction of the act, if that is a write, neither is there without the other. */
export const auditWrite = (...entry: Parameters<typeof auditEntry>): Write => ({
  kind: 'put',
  item: auditEntry(...entry),
  expects: 'absent',
});

/**
 * The item that says who did what.
 *
 * @param once what makes the act one: the same again is the same item, so that a repeat writes no second
 */
export function auditEntry(actor: Actor, act: Act, atMs: number, ...once: readonly string[]): Item {
  const days = keptDays();
  const at = isoTime(atMs);
  return {
    pk: `${AUDIT_PREFIX}${hash('sha256', JSON.stringify([act.act, ...once]), 'base64url')}`,
    auditDay: isoDay(atMs),
    auditAtMs: atMs,
    at,
    ...actor,
    ...act,
    ...(days === undefined ? {} : { [EXPIRES]: Math.floor(atMs / 1000) + days * DAY_SECONDS }),
  };
}
