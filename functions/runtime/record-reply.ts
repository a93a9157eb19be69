import { type CustomerId, OrderId } from '../saga/ids.ts';
import { isoTime } from '../saga/iso-time.ts';
import type { Edges } from './edges.ts';
import { callerOf, type HttpEvent, type HttpReply, json, mayRead, pathOf } from './http.ts';
import { Problem } from './problem.ts';
import { fromItem, type Table } from './record.ts';

/** A participant's own record of an order. @throws Problem 404 if it has none, or it is another customer's */
export async function recordReply<State extends { readonly status: string; readonly customerId: CustomerId }>(
  event: HttpEvent,
  { store }: Edges,
  table: Table<State>,
  notFound: string,
): Promise<HttpReply> {
  const caller = callerOf(event);
  const orderId = pathOf(event, 'orderId', OrderId);
  const item = (await store.read([table.key(orderId)])).get(table.key(orderId));
  if (item === undefined) throw new Problem('not-found', notFound);
  const { state, history, updatedAtMs } = fromItem(table, item);
  if (!mayRead(caller, state.customerId)) throw new Problem('not-found', notFound);
  const { customerId: _, ...rest } = state;
  return json(200, { orderId, ...rest, updatedAt: isoTime(updatedAtMs), history });
}
