import type { TableEdges } from '../batch/edges.ts';
import type { Participant } from '../batch/participant.ts';
import { fromItem } from '../batch/record.ts';
import { isoTime } from '../saga/iso-time.ts';
import type { Saga } from '../saga/saga.ts';
import type { SagaRecord } from '../saga/table.ts';
import { endpoint, showing } from './endpoint.ts';
import { type HttpFunction, json } from './http.ts';
import { type Caller, mayRead, role } from './identity.ts';
import { pathParameter } from './path-parameter.ts';
import { Problem } from './problem.ts';
import { isReader, READERS } from './role.ts';

/**
 * GET …/{id}/{record}: a participant's own record of a saga, with its history.
 * Answers 404 if there is none or the saga is another caller's.
 */
export function recordReader<State extends { readonly status: string }>(
  { saga, service, table }: Pick<Participant<State, never, never>, 'saga' | 'service' | 'table'>,
  edges: TableEdges,
): HttpFunction {
  const { id, initiator } = saga;
  const notFound = () =>
    new Problem('not-found', `${capitalized(service)} has not heard of this ${initiator}.`);
  const checks = [role(saga, saga.ownerRole, ...READERS), pathParameter(id.name, id.schema)] as const;
  const answering = endpoint(saga, checks, async ({ caller, parameter: sagaId }) => {
    const key = table.key(sagaId);
    const item = (await edges.store.read([key])).get(key);
    if (item === undefined) throw notFound();
    const record = fromItem(table, item);
    if (!mayRead(saga, caller, record.state)) throw notFound();
    return json(200, shown(saga, record, caller));
  });
  return showing(table, answering);
}

/**
 * A record as a caller sees it. What its owner has to do is shown to nobody else: whoever has a client secret can act in
 * the owner's name. Who has settled something, and what banks say, is for the staff. The events it has heard are for their
 * publishers to show.
 */
export function shown(
  saga: Saga,
  { sagaId, state, history, updatedAtMs }: SagaRecord<object>,
  caller: Caller,
): object {
  const {
    [saga.owner]: owner,
    heard: _,
    action,
    resolution,
    observed,
    ...rest
  } = state as Readonly<Record<string, unknown>>;
  const isOwners = caller.role === saga.ownerRole && caller.id === owner;
  return {
    [saga.id.name]: sagaId,
    ...rest,
    ...(isOwners ? { action } : {}),
    ...(isReader(caller.role) ? { resolution, observed } : {}),
    updatedAt: isoTime(updatedAtMs),
    history,
  };
}

const capitalized = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1);
