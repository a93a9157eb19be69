import { withoutPersonal } from '../saga/personal-data.ts';
import { sinceMs } from '../saga/since.ts';
import type { SagaRecord, Table } from '../saga/table.ts';

/** A record that says in which status something is. */
type Stateful = { readonly status: string };

/**
 * What is kept of a record for ever, once its saga has ended: what answers the same key and what comes late, and nothing
 * about a person. Undefined if there is nothing to forget now: it is forgotten already, something is under way, or another
 * version of the code has written members that this one cannot judge. `isUnwanted`: as the table's `settled` has it.
 */
export function forgotten<State extends Stateful>(
  table: Table<State>,
  record: SagaRecord<State>,
  isUnwanted: boolean,
): SagaRecord<State> | undefined {
  if (record.isForgotten === true || record.unknown !== undefined) return undefined;
  const settled = settledIn(table, record, isUnwanted);
  if (settled === undefined) return undefined;
  return {
    sagaId: record.sagaId,
    version: record.version + 1,
    state: anonymous(table, settled),
    outbox: [],
    history: [],
    updatedAtMs: sinceMs(record),
    format: record.format,
    isForgotten: true,
  };
}

/** The state that a record ends with; undefined if something is under way. */
export const settledIn = <State>(
  table: Table<State>,
  { state }: SagaRecord<State>,
  isUnwanted: boolean,
): State | undefined => (table.settled === undefined ? state : table.settled(state, isUnwanted));

/** The state without whose it is. Decisions on what comes late need no member that is personal. */
export const anonymous = <State extends Stateful>({ saga, schema }: Table<State>, state: State): State =>
  withoutPersonal(schema, saga.owner, state) as State;
