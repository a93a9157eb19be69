import { forgotten, settledIn, sinceMs } from '../batch/forget.ts';
import { toItem } from '../batch/record.ts';
import type { Item, Store, TableReader } from '../batch/store.ts';
import type { SagaRecord, Table } from '../saga/table.ts';

export type AnyRecord = SagaRecord<{ readonly status: string }>;
export type AnyTable = Table<{ readonly status: string }>;

/** A participant's records, and where they are kept. */
export interface Keeper {
  readonly service: string;
  readonly table: AnyTable;
  readonly store: Store & TableReader;
}

/** All participants of a saga. Only the initiator knows whether a saga has ended. */
export interface Keepers {
  readonly initiator: Keeper;
  readonly others: readonly Keeper[];
}

/** When a saga ended, by the initiator's record; undefined if it has not. */
export const endedMs = ({ table }: Keeper, record: AnyRecord): number | undefined =>
  record.isForgotten || settledIn(table, record) !== undefined ? sinceMs(record) : undefined;

/** What has become of a record. `changed`: somebody has written it in between. */
export type Fate = 'forgotten' | 'under way' | 'changed';

/** Forgets what a participant has recorded of a saga that has ended. @throws StoreUnavailableError */
export async function forget({ table, store }: Keeper, record: AnyRecord): Promise<Fate> {
  if (record.isForgotten) return 'forgotten';
  const next = forgotten(table, record);
  if (next === undefined) return 'under way';
  const expects = { version: record.version };
  const result = await store.write([{ kind: 'put', item: toItem(table, next), expects }]);
  return result.ok ? 'forgotten' : 'changed';
}

/** Whether an item is a record. In a participant's table there may be others, such as stock. */
export const isRecord = (item: Item): boolean => typeof item.record === 'string';
