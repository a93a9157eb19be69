import type { Edges } from '../../engine/batch/edges.ts';
import { http } from '../../engine/http/http.ts';
import { recordReply } from '../../engine/http/record-reply.ts';
import { liveEdges } from '../../engine/live.ts';
import { charging } from './decide.ts';
import { payments } from './table.ts';

/** GET /orders/{orderId}/payment: payment's own record of the order, with its history. */
export const getPayment = (edges: Edges) =>
  http((event) => recordReply(event, edges, payments, 'Payment has not heard of this order.'));

export const handler = getPayment(liveEdges(charging));
