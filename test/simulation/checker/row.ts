import type { Item } from '../../../functions/runtime/store.ts';

/**
 * An item as the table holds it. The checker reads it raw on purpose, and not through the product's schemas:
 * what it judges must not come from what is judged.
 */
// biome-ignore lint/suspicious/noExplicitAny: see above
export type Row = Record<string, any>;

const rows = new WeakMap<Item, Row>();

export function rowOf(item: Item | undefined): Row | undefined {
  if (typeof item?.state !== 'string') return item;
  let row = rows.get(item);
  if (row === undefined) {
    const history: unknown = typeof item.history === 'string' ? JSON.parse(item.history) : undefined;
    row = { ...item, state: JSON.parse(item.state), history };
    rows.set(item, row);
  }
  return row;
}

/** Beside the state, which says the same: of every step it is checked that it does. */
export const statusOf = (item: Item | undefined): string =>
  typeof item?.status === 'string' ? item.status : 'NONE';
