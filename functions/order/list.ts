import * as z from 'zod';
import type { Edges } from '../runtime/edges.ts';
import { callerOf, http, json } from '../runtime/http.ts';
import { liveEdges } from '../runtime/live.ts';
import { cursorOf, encodeCursor, limitOf } from '../runtime/paging.ts';
import { fromItem } from '../runtime/record.ts';
import { OrderId } from '../saga/ids.ts';
import { present } from './order.ts';
import { BY_CUSTOMER, orders } from './table.ts';

const Cursor = z.object({ orderId: OrderId, createdAtMs: z.int().min(0) });

/** GET /orders: the caller's own, newest first. The index orders them; the table says what they are now. */
export const list = (edges: Edges) =>
  http(async (event) => {
    const { id: customerId } = callerOf(event);
    const cursor = cursorOf(event, Cursor);
    const { entries, next } = await edges.store.query({
      index: BY_CUSTOMER,
      partition: ['customerId', customerId],
      newestFirst: true,
      limit: limitOf(event),
      after: cursor && { pk: orders.key(cursor.orderId), customerId, createdAtMs: cursor.createdAtMs },
    });
    const items = await edges.store.read(entries.map(({ pk }) => pk));
    const found = entries.flatMap(({ pk }) => items.get(pk) ?? []);
    return json(200, {
      items: found.map((item) => present(fromItem(orders, item))),
      ...(next ? { cursor: encodeCursor({ orderId: next.pk, createdAtMs: Number(next.createdAtMs) }) } : {}),
    });
  });

export const handler = list(liveEdges('order'));
