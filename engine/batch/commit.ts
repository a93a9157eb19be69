import { groups } from './groups.ts';
import { type Refusal, type Store, StoreUnavailableError, type Write } from './store.ts';
import type { Change, View } from './view.ts';

/** The result for a change, the same for its whole group. */
export type Committed =
  | { readonly kind: 'written' }
  /** Nothing is written. The view has learned what is stored, or will read it again. */
  | { readonly kind: 'contended' }
  /** One change of the group can never be written: try each alone. */
  | { readonly kind: 'to be tried alone' }
  /** Not tried: it was decided on a draft that was not written. */
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
  isAlone: (change: C) => boolean,
): AsyncGenerator<readonly [group: readonly C[], became: Committed]> {
  let isDraftTrue = true;
  for (const group of groups(changes, isAlone)) {
    const became: Committed = isDraftTrue ? await write(group, store, view) : { kind: 'outdated' };
    isDraftTrue &&= became.kind === 'written';
    yield [group, became];
  }
}

async function write(group: readonly Change[], store: Store, view: View): Promise<Committed> {
  const writes = writesOf(group);
  try {
    const result = await store.write(writes);
    if (result.ok) {
      for (const change of group) view.confirm(change);
      return { kind: 'written' };
    }
    for (const [index, refusal] of result.refusals.entries()) learn(view, writes[index], refusal);
    return { kind: 'contended' };
  } catch (error) {
    for (const each of writes) view.forget(keyOf(each));
    if (group.length > 1 && !(error instanceof StoreUnavailableError)) return { kind: 'to be tried alone' };
    return { kind: 'unknown', error };
  }
}

const keyOf = (write: Write): string => (write.kind === 'put' ? write.item.pk : write.key);

function learn(view: View, write: Write | undefined, refusal: Refusal | undefined): void {
  if (write === undefined || refusal === undefined) return;
  if (refusal.cause === 'condition') view.learn(keyOf(write), refusal.stored);
  else view.forget(keyOf(write));
}

function writesOf(group: readonly Change[]): readonly Write[] {
  const puts = group.flatMap(({ item, expects, besides }): Write[] => [
    { kind: 'put', item, expects },
    ...(besides === undefined ? [] : [{ kind: 'put', item: besides, expects: 'absent' } as const]),
  ]);
  const sums = new Map<string, Extract<Write, { kind: 'add' }>>();
  for (const { key, attribute, delta, relyingOn } of group.flatMap(({ adjusts }) => adjusts)) {
    const sum = sums.get(key);
    sums.set(key, {
      kind: 'add',
      key,
      deltas: { ...sum?.deltas, [attribute]: delta + (sum?.deltas[attribute] ?? 0) },
      relyingOn: { ...sum?.relyingOn, ...relyingOn },
    });
  }
  return [...puts, ...sums.values()];
}
