import type { Item } from '../../../engine/batch/store.ts';
import { remembered } from '../remembered.ts';

/**
 * An item as the table holds it. The checker reads it raw on purpose, and not through the product's schemas:
 * what it judges must not come from what is judged.
 */
// biome-ignore lint/suspicious/noExplicitAny: see above
export type Row = Record<string, any>;

/** Items never change. */
const rowOfRecord = remembered((item: Item): Row => {
  const { record, outbox } = item as Row;
  return { ...item, ...JSON.parse(record), outbox: outbox === '' ? [] : outbox.split('\n') };
});

export const rowOf = (item: Item | undefined): Row | undefined =>
  typeof item?.record === 'string' ? rowOfRecord(item) : item;

/** Beside the state, which says the same: of every step it is checked that it does. */
export const statusOf = (item: Item | undefined): string =>
  typeof item?.status === 'string' ? item.status : 'NONE';
