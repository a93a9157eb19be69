import type { Edges } from '../runtime/edges.ts';
import type { Outcome } from '../runtime/engine.ts';
import { type Caller, type HttpReply, json, mayRead } from '../runtime/http.ts';
import { log } from '../runtime/log.ts';
import type { Participant } from '../runtime/participant.ts';
import { Problem } from '../runtime/problem.ts';
import { fromItem, type SagaRecord } from '../runtime/record.ts';
import type { Fact } from '../saga/events.ts';
import type { OrderId } from '../saga/ids.ts';
import { isoTime } from '../saga/iso-time.ts';
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
  return {
    orderId,
    status: state.status,
    ...('reason' in state ? { reason: state.reason } : {}),
    items: state.items,
    ...(state.status === 'CONFIRMED' ? { totalMinor: state.totalMinor, currency: state.currency } : {}),
    createdAt: isoTime(state.createdAtMs),
    updatedAt: isoTime(updatedAtMs),
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

/** 202 once the order is durable. @throws what kept it from being so */
export function accepted(outcome: Outcome<Order> | undefined): HttpReply {
  if (outcome?.record === undefined)
    throw outcome?.kind === 'failed' ? outcome.error : new Error('no outcome');
  const { orderId } = outcome.record;
  if (outcome.kind === 'failed') {
    // Overdue orders say again what they said, so it is accepted all the same.
    log('warn', 'order accepted but not announced yet', { orderId, error: outcome.error.message });
  }
  return json(202, present(outcome.record), { location: `/orders/${orderId}` });
}
