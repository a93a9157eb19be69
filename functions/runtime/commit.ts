import {
  MAX_TRANSACTION_ITEMS,
  type Refusal,
  type Store,
  StoreUnavailableError,
  type Write,
} from './store.ts';
import type { Change, View } from './view.ts';

interface Reactions<C> {
  /** Whether the change is to be written by itself. */
  readonly alone: (change: C) => boolean;
  readonly committed: (change: C) => void;
  /** Nothing of the change is written; what is stored now is in the view or will be read again. */
  readonly contended: (change: C) => void;
  /** One of its group can never be written; each is to be tried alone. */
  readonly isolate: (change: C) => void;
  /** It was not tried, since it was decided on a draft that did not come true. */
  readonly redo: (change: C) => void;
  /** It is not known whether the change is written. */
  readonly failed: (change: C, error: unknown) => void;
}

/**
 * Writes many changes in few transactions. The adjustments of one counter are summed, so a counter that every
 * change touches costs one write. A refused transaction tells which items were not as expected: the view
 * learns them, and its changes are to be decided again; and so are all that were decided after them, because
 * a rejection for want of stock has no condition that would notice that the stock was not taken after all.
 */
export async function commit<C extends Change>(
  changes: readonly C[],
  store: Store,
  view: View,
  reactions: Reactions<C>,
): Promise<void> {
  let isDraftTrue = true;
  for (const group of groups(changes, reactions.alone)) {
    const react: (change: C) => void = isDraftTrue
      ? await write(group, store, view, reactions)
      : reactions.redo;
    isDraftTrue &&= react === reactions.committed;
    for (const change of group) react(change);
  }
}

/** Writes one group and answers what its changes are to be told. */
async function write<C extends Change>(
  group: readonly C[],
  store: Store,
  view: View,
  reactions: Reactions<C>,
): Promise<(change: C) => void> {
  const writes = writesOf(group);
  try {
    const result = await store.write(writes);
    if (result.ok) {
      for (const change of group) view.confirm(change);
      return reactions.committed;
    }
    for (const [index, refusal] of result.refusals.entries()) learn(view, writes[index], refusal);
    return reactions.contended;
  } catch (error) {
    for (const each of writes) view.forget(keyOf(each));
    if (group.length > 1 && !(error instanceof StoreUnavailableError)) return reactions.isolate;
    return (change) => reactions.failed(change, error);
  }
}

const keyOf = (write: Write): string => (write.kind === 'put' ? write.item.pk : write.key);

function learn(view: View, write: Write | undefined, refusal: Refusal | undefined): void {
  if (write === undefined || refusal === undefined) return;
  if (refusal.cause === 'condition') view.learn(keyOf(write), refusal.stored);
  else view.forget(keyOf(write));
}

/** Cuts the changes, in order, into transactions of at most a hundred items. */
function groups<C extends Change>(changes: readonly C[], alone: (change: C) => boolean): readonly C[][] {
  const all: C[][] = [];
  let keys = new Set<string>();
  let open = false;
  for (const change of changes) {
    const own = new Set([change.item.pk, ...change.adjusts.map(({ key }) => key)]);
    const isAlone = alone(change);
    const joins = open && !isAlone && keys.size + newAmong(own, keys) <= MAX_TRANSACTION_ITEMS;
    if (joins) {
      all.at(-1)?.push(change);
      for (const key of own) keys.add(key);
    } else {
      all.push([change]);
      keys = own;
    }
    open = !isAlone;
  }
  return all;
}

function newAmong(own: ReadonlySet<string>, keys: ReadonlySet<string>): number {
  let count = 0;
  for (const key of own) if (!keys.has(key)) count += 1;
  return count;
}

function writesOf(group: readonly Change[]): readonly Write[] {
  const puts = group.map(({ item, expects }): Write => ({ kind: 'put', item, expects }));
  const sums = new Map<string, Extract<Write, { kind: 'add' }>>();
  for (const { key, attribute, delta, relyingOn } of group.flatMap(({ adjusts }) => adjusts)) {
    const sum = sums.get(key);
    sums.set(key, {
      kind: 'add',
      key,
      attribute,
      delta: delta + (sum?.delta ?? 0),
      relyingOn: { ...sum?.relyingOn, ...relyingOn },
    });
  }
  return [...puts, ...sums.values()];
}
