import { forgotten, settledIn } from '../batch/forget.ts';
import { toItem } from '../batch/record.ts';
import type { Store, TableReader } from '../batch/store.ts';
import type { Saga } from '../saga/saga.ts';
import { sinceMs } from '../saga/since.ts';
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
  settledIn(table, record, false) === undefined ? undefined : sinceMs(record);

/** Whether nobody wants any more what a participant does for a saga, by the initiator's record. Outcomes are for their consumers. */
export const nobodyWants = (saga: Saga, { service }: Keeper, { state }: AnyRecord): boolean =>
  state.status === 'CANCELLED' && saga.takesPart(service);

/**
 * Forgets what a participant has recorded of a saga that has ended. False if it did not: something is under way, or somebody
 * has written in between. `isUnwanted`: nobody wants it any more. @throws StoreUnavailableError
 */
export async function forget(
  { table, store }: Keeper,
  record: AnyRecord,
  isUnwanted: boolean,
): Promise<boolean> {
  if (record.isForgotten) return true;
  const next = forgotten(table, record, isUnwanted);
  if (next === undefined) return false;
  const expects = { version: record.version };
  return (await store.write([{ kind: 'put', item: toItem(table, next), expects }])).ok;
}

/** As Promise.all, but no call outlives the invocation that made it. @throws what the first that failed has thrown */
export async function together<T>(calls: readonly Promise<T>[]): Promise<readonly T[]> {
  const settled = await Promise.allSettled(calls);
  return settled.map((each) => {
    if (each.status === 'rejected') throw each.reason;
    return each.value;
  });
}
