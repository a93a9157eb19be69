import { MAX_TRANSACTION_ITEMS } from './store.ts';
import type { Change } from './view.ts';

/** Cuts the changes, in order, into transactions of at most a hundred items. */
export function groups<C extends Change>(
  changes: readonly C[],
  isAlone: (change: C) => boolean,
): readonly C[][] {
  const all: C[][] = [];
  let keys = new Set<string>();
  let isOpen = false;
  for (const change of changes) {
    const own = new Set([change.item.pk, ...change.adjusts.map(({ key }) => key)]);
    if (change.besides !== undefined) own.add(change.besides.pk);
    const alone = isAlone(change);
    const joins = isOpen && !alone && keys.size + newAmong(own, keys) <= MAX_TRANSACTION_ITEMS;
    if (joins) {
      all.at(-1)?.push(change);
      for (const key of own) keys.add(key);
    } else {
      all.push([change]);
      keys = own;
    }
    isOpen = !alone;
  }
  return all;
}

function newAmong(own: ReadonlySet<string>, keys: ReadonlySet<string>): number {
  let count = 0;
  for (const key of own) if (!keys.has(key)) count += 1;
  return count;
}
