import type { Edges } from '../batch/edges.ts';
import { fromItem } from '../batch/record.ts';
import { CallerId } from '../saga/ids.ts';
import { isoTime } from '../saga/iso-time.ts';
import type { Table } from '../saga/table.ts';
import { callerOf, type HttpEvent, type HttpReply, json, mayRead, pathOf } from './http.ts';
import { Problem } from './problem.ts';

/** A participant's own record of a saga. @throws Problem 404 if it has none, or it is another caller's */
export async function recordReply<State extends { readonly status: string }>(
  event: HttpEvent,
  { store }: Edges,
  table: Table<State>,
  notFound: string,
): Promise<HttpReply> {
  const caller = callerOf(event);
  const { id, owner } = table.saga;
  const sagaId = pathOf(event, id.name, id.schema);
  const item = (await store.read([table.key(sagaId)])).get(table.key(sagaId));
  if (item === undefined) throw new Problem('not-found', notFound);
  const { state, history, updatedAtMs } = fromItem(table, item);
  const { [owner]: ownerId, ...rest } = state as Readonly<Record<string, unknown>>;
  if (!mayRead(caller, CallerId.safeParse(ownerId).data)) throw new Problem('not-found', notFound);
  return json(200, { [id.name]: sagaId, ...rest, updatedAt: isoTime(updatedAtMs), history });
}
