import type { Adjustment } from '../saga/decision.ts';
import { type Item, MAX_TRANSACTION_ITEMS, type Refusal, type Store, type Write } from './store.ts';
import type { View } from './view.ts';

/** One record's next version, and the counters that change with it. */
export interface Change {
  readonly item: Item;
  readonly expects: 'absent' | { readonly version: number };
  readonly adjusts: readonly Adjustment[];
}

interface Reactions<C> {
  readonly alone: (change: C) => boolean;
  readonly committed: (change: C) => void;
  /** Nothing of the change is written; what is stored now is in the view or will be read again. */
  readonly contended: (change: C) => void;
  /** It is not known whether the change is written. */
  readonly failed: (change: C, error: unknown) => void;
}

/**
 * Writes many changes in few transactions. The adjustments of one counter are summed, so a counter that every
 * change touches costs one write. A refused transaction tells which items were not as expected: the view
 * learns them, and its changes are to be decided again.
 */
export async function commit<C extends Change>(
  changes: readonly C[],
  store: Store,
  view: View,
  reactions: Reactions<C>,
): Promise<void> {
  for (const group of groups(changes, reactions.alone)) {
    const writes = writesOf(group);
    try {
      const result = await store.write(writes);
      if (result.ok) {
        for (const change of group) {
          view.confirm(change);
          reactions.committed(change);
        }
      } else {
        for (const [index, refusal] of result.refusals.entries()) learn(view, writes[index], refusal);
        for (const change of group) reactions.contended(change);
      }
    } catch (error) {
      for (const change of group) reactions.failed(change, error);
    }
  }
}

function learn(view: View, write: Write | undefined, refusal: Refusal | undefined): void {
  if (write === undefined || refusal === undefined) return;
  const key = write.kind === 'put' ? write.item.pk : write.key;
  if (refusal.cause === 'condition') view.learn(key, refusal.stored);
  else view.forget(key);
}

/** Cuts the changes, in order, into transactions of at most a hundred items. */
function groups<C extends Change>(changes: readonly C[], alone: (change: C) => boolean): readonly C[][] {
  const all: C[][] = [];
  let keys = new Set<string>();
  let open = false;
  for (const change of changes) {
    const own = [change.item.pk, ...change.adjusts.map(({ key }) => key)];
    const union = new Set([...keys, ...own]);
    const joins = open && !alone(change) && union.size <= MAX_TRANSACTION_ITEMS;
    if (joins) all.at(-1)?.push(change);
    else all.push([change]);
    keys = joins ? union : new Set(own);
    open = !alone(change);
  }
  return all;
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
