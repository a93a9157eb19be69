import type { Edges } from '../runtime/edges.ts';
import type { Participant } from '../runtime/engine.ts';
import { type Caller, mayRead } from '../runtime/http.ts';
import { Problem } from '../runtime/problem.ts';
import { fromItem, type SagaRecord } from '../runtime/record.ts';
import type { Fact } from '../saga/events.ts';
import type { OrderId } from '../saga/ids.ts';
import { decide, type Order, type OrderCommand } from './decide.ts';
import { orders } from './table.ts';

/** The order service's part in the saga. */
export const order: Participant<Order, OrderCommand | Fact, never> = {
  service: 'order',
  table: orders,
  decide,
  opens: 'place',
};

/** An order as its customer sees it. */
export function present({ orderId, state, updatedAtMs }: SagaRecord<Order>) {
  const ended = state.status === 'CONFIRMED';
  return {
    orderId,
    status: state.status,
    ...('reason' in state ? { reason: state.reason } : {}),
    items: state.items,
    ...(ended ? { totalMinor: state.totalMinor, currency: state.currency } : {}),
    createdAt: new Date(state.createdAtMs).toISOString(),
    updatedAt: new Date(updatedAtMs).toISOString(),
  };
}

/** @throws Problem 404 if there is no such order, or it is another customer's */
export async function orderOf(edges: Edges, orderId: OrderId, caller: Caller): Promise<SagaRecord<Order>> {
  const item = (await edges.store.read([orders.key(orderId)])).get(orders.key(orderId));
  const record = item && fromItem(orders, item);
  if (record === undefined || !mayRead(caller, record.state.customerId)) {
    throw new Problem('not-found', 'There is no order with this id.');
  }
  return record;
}
