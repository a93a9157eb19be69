import type { Item, Write } from '../../../engine/batch/store.ts';
import type { Saga } from '../../../engine/saga/saga.ts';
import type { Invocation } from '../invocation.ts';
import { keyOf } from '../world/table.ts';
import { type Row, rowOf, statusOf } from './row.ts';

/** Acts that a record is changed by. */
const STEPS = new Set(['cancel', 'resolve']);
/** Acts that move messages: the entry comes before them. */
const INTENDED = new Set(['redrive', 'discard']);
const UNREASONED = new Set(['receipt']);

const isEntry = (item: Item): boolean => item.pk.startsWith('audit#');

/** Beside the records of a table: who did what, and by which keys owners are named. */
export const isOfAudit = (key: string): boolean => /^(audit|pseudonym-key)#/.test(key);

/** What the initiator's table has besides sagas. */
export const isBesides = (key: string): boolean => isOfAudit(key) || key.startsWith('tally#');

export const entriesIn = (writes: readonly Write[]): readonly Row[] =>
  writes.flatMap((write) => (write.kind === 'put' && isEntry(write.item) ? [write.item as Row] : []));

/** What is wrong with the entries of one transaction: each act has one in its own, which says what it was, and no act no entry. */
export function flawOfAudit(
  { id, owner, ownerRole }: Saga,
  writes: readonly Write[],
  before: ReadonlyMap<string, Item>,
): string | undefined {
  const entries = entriesIn(writes);
  const steps = writes.flatMap((write) => {
    const because =
      write.kind === 'put' && write.item.record !== undefined
        ? rowOf(write.item)?.history.at(-1)?.because
        : undefined;
    return STEPS.has(because) && write.kind === 'put' ? [{ because, item: write.item }] : [];
  });
  for (const write of writes) {
    if (write.kind === 'put' && !isEntry(write.item)) continue;
    const key = keyOf(write);
    if (!key.startsWith('audit#')) continue;
    if (before.has(key)) return `${key} is written over`;
    if (write.kind !== 'put' || write.expects !== 'absent') return `${key} may be written over`;
  }
  for (const { because, item } of steps) {
    const { state, ...row } = rowOf(item) as Row;
    const own = entries.filter((entry) => entry.act === because && entry.about.includes(row[id.name]));
    const [entry, second] = own;
    if (entry === undefined) return `nobody knows who did ${because} of ${item.pk}`;
    if (second !== undefined) return `${because} of ${item.pk} has two entries`;
    const told = `${entry.before.status} → ${entry.after.status}`;
    const done = `${statusOf(before.get(item.pk))} → ${statusOf(item)}`;
    if (told !== done) return `${item.pk} went ${done}, and the entry says ${told}`;
    if (entry.role === ownerRole && Object.values(entry).includes(state[owner]))
      return `${state[owner]} is named in the audit`;
  }
  for (const { act, about } of entries) {
    if (act !== 'nudge') continue;
    const isClaimed = writes.some(
      (write) => write.kind === 'add' && write.key === about[0] && 'dueEpochSeconds' in write.deltas,
    );
    if (!isClaimed) return `the nudge of ${about} has an entry, and was not done`;
  }
  const idle = entries.find(
    (entry) => STEPS.has(entry.act) && !steps.some(({ because }) => because === entry.act),
  );
  if (idle !== undefined) return `${idle.act} of ${idle.about} has an entry, and was not done`;
  const unsaid = entries.find(
    ({ act, role, reason }) => role !== ownerRole && !UNREASONED.has(act) && !reason,
  );
  if (unsaid !== undefined) return `${unsaid.act} of ${unsaid.about} was done for no reason`;
  const anonymous = entries.find(({ by, role, requestId }) => !by || !role || !requestId);
  return anonymous && `${anonymous.act} of ${anonymous.about} was done by ${anonymous.by}, ${anonymous.role}`;
}

/** Who nudges by hand is in the audit: only the schedule claims a saga without an entry. */
export function flawOfNudge(writes: readonly Write[]): string | undefined {
  const claim = writes.find((write) => write.kind === 'add' && 'dueEpochSeconds' in write.deltas);
  const isNamed = entriesIn(writes).some(
    ({ act, about }) => act === 'nudge' && about[0] === (claim && keyOf(claim)),
  );
  return claim === undefined || isNamed ? undefined : `nobody knows who nudged ${keyOf(claim)}`;
}

/** What each call has said that it is going to do with dead letters. */
export class Intentions {
  readonly #named = new Map<Invocation, Set<string>>();

  wrote(writes: readonly Write[], invocation: Invocation | undefined): void {
    if (invocation === undefined) return;
    for (const { act, about } of entriesIn(writes)) {
      if (!INTENDED.has(act)) continue;
      const named = this.#named.get(invocation) ?? new Set();
      this.#named.set(invocation, named);
      for (const each of about) named.add(each);
    }
  }

  /** A dead letter is moved or removed. */
  flawOf(messageId: string, invocation: Invocation | undefined): string | undefined {
    const named = (invocation && this.#named.get(invocation)) ?? new Set();
    // What has no proper id is named by its digest.
    const isKnown = named.has(messageId) || [...named].some((each) => /^[0-9a-f]{32}$/.test(each));
    return isKnown ? undefined : `nobody knows who moved ${messageId}`;
  }
}
