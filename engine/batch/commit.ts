import type { Adjustment } from '../saga/decision.ts';
import { type Grouping, groups } from './groups.ts';
import { type Refusal, type Store, StoreUnavailableError, type Write } from './store.ts';
import type { Change, View } from './view.ts';

/** The result for a change, the same for all that are told of it together. */
export type Committed =
  | { readonly kind: 'written' }
  /** Nothing is written. The view has learned what is stored, or will read it again. */
  | { readonly kind: 'contended' }
  /** Nothing is written, as somebody else was writing an item of this change at that moment. */
  | { readonly kind: 'in conflict' }
  /** One change of the group can never be written: try each alone. */
  | { readonly kind: 'to be tried alone' }
  /** Not written for another change of its group, or not tried: it was decided on a draft that was not written. */
  | { readonly kind: 'outdated' }
  /** The write may or may not have happened. */
  | { readonly kind: 'unknown'; readonly error: unknown };

/**
 * Writes many changes in few transactions and yields each group's result, in order. Adjustments of one counter are
 * summed, so a counter that every change touches costs one write. A refused transaction names the items that failed
 * their conditions. The view learns them, and the changes are decided again. So are all later changes: a decision
 * that found a counter empty carries no condition, so no write would notice that nothing was taken after all.
 */
export async function* commit<C extends Change>(
  changes: readonly C[],
  store: Store,
  view: View,
  grouping: Grouping<C>,
): AsyncGenerator<readonly [group: readonly C[], became: Committed]> {
  let isDraftTrue = true;
  for (const group of groups(changes, grouping)) {
    if (!isDraftTrue) {
      yield [group, { kind: 'outdated' }];
      continue;
    }
    const conflicts = new Set<string>();
    const became = await write(group, store, view, conflicts);
    isDraftTrue = became.kind === 'written';
    if (became.kind !== 'in conflict') yield [group, became];
    else {
      const isIn = ({ item, adjusts }: C) =>
        conflicts.has(item.pk) || adjusts.some(({ key }) => conflicts.has(key));
      yield [group.filter(isIn), became];
      yield [group.filter((change) => !isIn(change)), { kind: 'outdated' }];
    }
  }
}

/** Puts the keys of the items that others were writing at that moment into `conflicts`. */
async function write(
  group: readonly Change[],
  store: Store,
  view: View,
  conflicts: Set<string>,
): Promise<Committed> {
  const writes = writesOf(group);
  try {
    const result = await store.write(writes);
    if (result.ok) {
      for (const change of group) view.confirm(change);
      return { kind: 'written' };
    }
    for (const [index, refusal] of result.refusals.entries()) {
      const each = writes[index];
      if (each === undefined || refusal === undefined) continue;
      if (refusal.cause === 'conflict') conflicts.add(keyOf(each));
      learn(view, each, refusal);
    }
    const isConflict = result.refusals.every((refusal) => refusal?.cause !== 'condition');
    return { kind: isConflict && conflicts.size > 0 ? 'in conflict' : 'contended' };
  } catch (error) {
    for (const each of writes) view.forget(keyOf(each));
    if (group.length > 1 && !(error instanceof StoreUnavailableError)) return { kind: 'to be tried alone' };
    return { kind: 'unknown', error };
  }
}

const keyOf = (write: Write): string => (write.kind === 'put' ? write.item.pk : write.key);

function learn(view: View, write: Write, refusal: Refusal): void {
  if (refusal.cause === 'condition') view.learn(keyOf(write), refusal.stored);
  else view.forget(keyOf(write));
}

type Add = Extract<Write, { kind: 'add' }>;

function writesOf(group: readonly Change[]): readonly Write[] {
  const puts = group.flatMap(({ item, expects, besides }): Write[] => [
    { kind: 'put', item, expects },
    ...(besides === undefined ? [] : [{ kind: 'put', item: besides, expects: 'absent' } as const]),
  ]);
  const sums = new Map<string, Add>();
  for (const adjustment of group.flatMap(({ adjusts }) => adjusts))
    sums.set(adjustment.key, sumOf(sums.get(adjustment.key), adjustment));
  return [...puts, ...sums.values()];
}

/** One write with the effect of both, in order: what is set drops what was added before, and is added to after. */
function sumOf(sum: Add | undefined, { key, attribute, delta, atMost, sets, relyingOn }: Adjustment): Add {
  const before: Add = sum ?? { kind: 'add', key, deltas: {}, relyingOn: {} };
  const known = before.sets?.[attribute];
  const added: Add = {
    ...before,
    ...(known === undefined
      ? { deltas: { ...before.deltas, [attribute]: delta + (before.deltas[attribute] ?? 0) } }
      : { sets: { ...before.sets, [attribute]: known + delta } }),
    relyingOn: { ...before.relyingOn, ...relyingOn },
    ...(atMost === undefined ? {} : { atMost: { ...before.atMost, [attribute]: atMost } }),
  };
  if (sets === undefined) return added;
  const deltas = Object.entries(added.deltas).filter(([name]) => !(name in sets));
  return { ...added, deltas: Object.fromEntries(deltas), sets: { ...added.sets, ...sets } };
}
