import type { Item } from '../../../functions/runtime/store.ts';

/**
 * An item as the table holds it. The checker reads it raw on purpose, and not through the product's schemas:
 * what it judges must not come from what is judged.
 */
// biome-ignore lint/suspicious/noExplicitAny: see above
export type Row = Record<string, any>;

const rows = new WeakMap<Item, Row>();

export function rowOf(item: Item | undefined): Row | undefined {
  if (item === undefined) return undefined;
  const row = rows.get(item) ?? { ...item, ...text(item, 'state'), ...text(item, 'history') };
  rows.set(item, row);
  return row;
}

const text = (item: Item, name: 'state' | 'history'): Row =>
  typeof item[name] === 'string' ? { [name]: JSON.parse(item[name]) } : {};

export const statusOf = (item: Item | undefined): string => String(rowOf(item)?.state?.status ?? 'NONE');
