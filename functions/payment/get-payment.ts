import type { Edges } from '../runtime/edges.ts';
import { http } from '../runtime/http.ts';
import { liveEdges } from '../runtime/live.ts';
import { recordReply } from '../runtime/record-reply.ts';
import { payments } from './table.ts';

/** GET /orders/{orderId}/payment: payment's own record of the order, with its history. */
export const getPayment = (edges: Edges) =>
  http((event) => recordReply(event, edges, payments, 'Payment has not heard of this order.'));

export const handler = getPayment(liveEdges('payment'));
