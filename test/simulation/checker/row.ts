import type { Item } from '../../../functions/runtime/store.ts';

/**
 * An item as the table holds it. The checker reads it raw on purpose, and not through the product's schemas:
 * what it judges must not come from what is judged.
 */
// biome-ignore lint/suspicious/noExplicitAny: see above
export type Row = Record<string, any>;

export const rowOf = (item: Item | undefined): Row | undefined => item;

export const statusOf = (item: Item | undefined): string => String(rowOf(item)?.state?.status ?? 'NONE');
