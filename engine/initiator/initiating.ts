import type { TableEdges } from '../batch/edges.ts';
import type { Participant } from '../batch/participant.ts';
import { fromItem } from '../batch/record.ts';
import type { Outcome } from '../batch/run.ts';
import { log } from '../environment/log.ts';
import { type HttpEvent, type HttpReply, json } from '../http/http.ts';
import { type Caller, mayRead } from '../http/identity.ts';
import { asCalled } from '../http/location.ts';
import { Problem } from '../http/problem.ts';
import type { Decision } from '../saga/decision.ts';
import type { AnyFact } from '../saga/declaration.ts';
import type { SagaId } from '../saga/ids.ts';
import type { Begun, Command } from '../saga/initiator.ts';
import { isoTime } from '../saga/iso-time.ts';
import type { Saga } from '../saga/saga.ts';
import type { SagaRecord, Table } from '../saga/table.ts';
import { ownerIn, tallied, tallyKey } from '../saga/tally.ts';
import type { PresentedSaga } from './saga-view.ts';

/** The part of the initiator's state that the engine knows. */
export type InitiatorStatus = Begun & { readonly status: string };

/** A saga whose owner member the compiler knows. */
type OwnedBy<Owner extends string> = Saga & { readonly owner: Owner };

/** The participant that begins every saga. */
export interface Initiating<
  State extends InitiatorStatus,
  Placed extends Begun,
  Owner extends string = string,
> extends Participant<State, Command<Placed> | AnyFact, never> {
  readonly saga: OwnedBy<Owner>;
  /** A saga as its owner sees it. */
  readonly present: (record: SagaRecord<State>) => PresentedSaga;
}

/**
 * Makes the initiator of its decision and its table. `shows`: the members of the state that its owner sees. `faults`: the
 * codes of the reasons for which a saga fails by its owner's own fault.
 */
export function initiating<State extends InitiatorStatus, Placed extends Begun, Owner extends string>(
  saga: OwnedBy<Owner>,
  decide: (state: State | undefined, input: Command<Placed> | AnyFact) => Decision<State>,
  table: Table<State>,
  shows: (state: State) => object,
  faults: readonly string[] = [],
): Initiating<State, Placed, Owner> {
  return {
    saga,
    service: saga.initiator,
    table,
    decide: tallied(saga, decide, faults),
    opens: 'place',
    counts: (input) => countsOf(saga, input),
    onceSaid: (state) => ('isUntold' in state ? { type: 'told' } : undefined),
    present: ({ sagaId, state, updatedAtMs, isForgotten }) => ({
      [saga.id.name]: sagaId,
      status: state.status,
      ...('reason' in state ? { reason: state.reason as object } : {}),
      ...waitingFor(state),
      ...shows(state),
      ...(isForgotten ? {} : { createdAt: isoTime(state.createdAtMs), updatedAt: isoTime(updatedAtMs) }),
    }),
  };
}

/** Only the one that begins a saga for an owner with limits may be refused for what its tally says. */
const countsOf = (saga: Saga, input: object): readonly string[] => {
  const { placed, limits } = input as Partial<Command & { readonly type: 'place' }>;
  return placed === undefined || limits === undefined ? [] : [tallyKey(ownerIn(saga, placed))];
};

/** Whom the saga waits for, if a participant has said so. */
function waitingFor(state: object): { readonly waitingFor?: string } {
  const { waits, impasses }: Partial<Record<'waits' | 'impasses', Readonly<Record<string, string>>>> = state;
  const [first] = Object.values({ ...impasses, ...waits });
  return first === undefined ? {} : { waitingFor: first };
}

export const isWaitingForSomebody = (state: object): boolean => 'waitingFor' in waitingFor(state);

/** @throws Problem 404 if there is no such saga or it is another owner's */
export async function recordOf<State extends InitiatorStatus>(
  { saga, table }: { readonly saga: Saga; readonly table: Table<State> },
  { store }: TableEdges,
  sagaId: SagaId,
  caller: Caller,
): Promise<SagaRecord<State>> {
  const key = table.key(sagaId);
  const item = (await store.read([key])).get(key);
  const record = item && fromItem(table, item);
  if (record === undefined || !mayRead(saga, caller, record.state)) {
    throw new Problem('not-found', `There is no ${saga.initiator} with this id.`);
  }
  return record;
}

/** 202 once the saga is durable, 200 for one that is forgotten. @throws the error, if it is not durable */
export function accepted<State extends InitiatorStatus>(
  { saga, present }: Pick<Initiating<State, Begun>, 'saga' | 'present'>,
  outcome: Outcome<State> | undefined,
  event: HttpEvent,
): HttpReply {
  if (outcome?.record === undefined)
    throw outcome?.kind === 'failed' ? outcome.error : new Error('no outcome');
  const { sagaId } = outcome.record;
  if (outcome.kind === 'failed') {
    // The record is written, and the schedule publishes its events again, so the request is accepted.
    log('warn', 'accepted but not announced yet', { [saga.id.name]: sagaId, error: outcome.error.message });
  }
  const location = asCalled(event, `/${saga.initiator}s/${sagaId}`);
  // Where to wait for its end: https://www.rfc-editor.org/rfc/rfc8631#section-4.4
  const headers = { location, link: `<${location}>; rel="status"` };
  return json(outcome.record.isForgotten ? 200 : 202, present(outcome.record), headers);
}
