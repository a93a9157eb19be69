import type { Edges } from '../batch/edges.ts';
import type { Participant } from '../batch/participant.ts';
import { fromItem } from '../batch/record.ts';
import type { Outcome } from '../batch/run.ts';
import { log } from '../environment/log.ts';
import { type Caller, type HttpReply, json, mayRead } from '../http/http.ts';
import { Problem } from '../http/problem.ts';
import type { Decision } from '../saga/decision.ts';
import type { AnyFact } from '../saga/declaration.ts';
import { CallerId, type SagaId } from '../saga/ids.ts';
import type { Begun, Command } from '../saga/initiator.ts';
import { isoTime } from '../saga/iso-time.ts';
import type { Saga } from '../saga/saga.ts';
import type { SagaRecord, Table } from '../saga/table.ts';

/** What the engine needs to know of the state of whoever begins sagas. */
type InitiatorStatus = Begun & { readonly status: string };

/** The participant that begins every saga. */
export interface Initiating<State extends InitiatorStatus, Placed extends Begun>
  extends Participant<State, Command<Placed> | AnyFact, never> {
  /** A saga as its owner sees it. */
  readonly present: (record: SagaRecord<State>) => object;
}

/** Makes the initiator of its decision and its table. `shows`: what of its state its owner sees. */
export function initiating<State extends InitiatorStatus, Placed extends Begun>(
  saga: Saga,
  decide: (state: State | undefined, input: Command<Placed> | AnyFact) => Decision<State>,
  table: Table<State>,
  shows: (state: State) => object,
): Initiating<State, Placed> {
  return {
    saga,
    service: saga.initiator,
    table,
    decide,
    opens: 'place',
    onceSaid: (state) => ('isUntold' in state ? { type: 'told' } : undefined),
    present: ({ sagaId, state, updatedAtMs }) => ({
      [saga.id.name]: sagaId,
      status: state.status,
      ...('reason' in state ? { reason: state.reason } : {}),
      ...shows(state),
      createdAt: isoTime(state.createdAtMs),
      updatedAt: isoTime(updatedAtMs),
    }),
  };
}

/** @throws Problem 404 if there is no such saga, or it is another owner's */
export async function recordOf<State extends InitiatorStatus>(
  { saga, table }: { readonly saga: Saga; readonly table: Table<State> },
  { store }: Edges,
  sagaId: SagaId,
  caller: Caller,
): Promise<SagaRecord<State>> {
  const item = (await store.read([table.key(sagaId)])).get(table.key(sagaId));
  const record = item && fromItem(table, item);
  const owner = record && (record.state as Readonly<Record<string, unknown>>)[saga.owner];
  if (record === undefined || !mayRead(caller, CallerId.safeParse(owner).data)) {
    throw new Problem('not-found', `There is no ${saga.initiator} with this id.`);
  }
  return record;
}

/** 202 once the saga is durable. @throws what kept it from being so */
export function accepted<State extends InitiatorStatus>(
  { saga, present }: Pick<Initiating<State, Begun>, 'saga' | 'present'>,
  outcome: Outcome<State> | undefined,
): HttpReply {
  if (outcome?.record === undefined)
    throw outcome?.kind === 'failed' ? outcome.error : new Error('no outcome');
  const { sagaId } = outcome.record;
  if (outcome.kind === 'failed') {
    // What is overdue says again what it said, so it is accepted all the same.
    log('warn', 'accepted but not announced yet', { [saga.id.name]: sagaId, error: outcome.error.message });
  }
  return json(202, present(outcome.record), { location: `/${saga.initiator}s/${sagaId}` });
}
