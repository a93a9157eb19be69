import type { Edges } from '../../engine/batch/edges.ts';
import { http } from '../../engine/http/http.ts';
import { recordReply } from '../../engine/http/record-reply.ts';
import { liveEdges } from '../../engine/live.ts';
import { inventory } from './inventory.ts';
import { reservations } from './table.ts';

/** GET /orders/{orderId}/reservation: inventory's own record of the order, with its history. */
export const getReservation = (edges: Edges) =>
  http((event) => recordReply(event, edges, reservations, 'Inventory has not heard of this order.'));

export const handler = getReservation(liveEdges(inventory));
