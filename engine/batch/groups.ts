import { MAX_TRANSACTION_ITEMS } from './store.ts';
import type { Change } from './view.ts';

/** Which changes share no transaction. */
export interface Grouping<C> {
  /** With no other. */
  readonly isAlone: (change: C) => boolean;
  /** With none but those that are apart, too. */
  readonly isApart: (change: C) => boolean;
}

/** Cuts the changes, in order, into transactions of at most a hundred items. */
export function groups<C extends Change>(
  changes: readonly C[],
  { isAlone, isApart }: Grouping<C>,
): readonly C[][] {
  const all: C[][] = [];
  let keys = new Set<string>();
  let isOpen = false;
  let wasApart = false;
  for (const change of changes) {
    const own = new Set([change.item.pk, ...change.adjusts.map(({ key }) => key)]);
    if (change.besides !== undefined) own.add(change.besides.pk);
    const alone = isAlone(change);
    const apart = isApart(change);
    const fits = keys.size + newAmong(own, keys) <= MAX_TRANSACTION_ITEMS;
    const joins = isOpen && !alone && apart === wasApart && fits;
    if (joins) {
      all.at(-1)?.push(change);
      for (const key of own) keys.add(key);
    } else {
      all.push([change]);
      keys = own;
    }
    isOpen = !alone;
    wasApart = apart;
  }
  return all;
}

function newAmong(own: ReadonlySet<string>, keys: ReadonlySet<string>): number {
  let count = 0;
  for (const key of own) if (!keys.has(key)) count += 1;
  return count;
}
