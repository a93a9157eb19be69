import type { Edges } from '../runtime/edges.ts';
import { callerOf, http, json, pathOf } from '../runtime/http.ts';
import { liveEdges } from '../runtime/live.ts';
import { OrderId } from '../saga/ids.ts';
import { orderOf, present } from './order.ts';

/** GET /orders/{orderId} */
export const get = (edges: Edges) =>
  http(async (event) =>
    json(200, present(await orderOf(edges, pathOf(event, 'orderId', OrderId), callerOf(event)))),
  );

export const handler = get(liveEdges('order'));
