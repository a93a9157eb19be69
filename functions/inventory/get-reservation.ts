import type { Edges } from '../runtime/edges.ts';
import { http } from '../runtime/http.ts';
import { liveEdges } from '../runtime/live.ts';
import { recordReply } from '../runtime/record-reply.ts';
import { reservations } from './table.ts';

/** GET /orders/{orderId}/reservation: inventory's own record of the order, with its history. */
export const getReservation = (edges: Edges) =>
  http((event) => recordReply(event, edges, reservations, 'Inventory has not heard of this order.'));

export const handler = getReservation(liveEdges('inventory'));
