import type { Edges } from '../../engine/batch/edges.ts';
import { cancelling } from '../../engine/initiator/cancel.ts';
import { liveEdges } from '../../engine/live.ts';
import { HASTY } from '../../engine/rabbitmq/publisher.ts';
import { order } from './order.ts';

/** POST /orders/{orderId}/cancel */
export const cancel = (edges: Edges) => cancelling(order, edges);

export const handler = cancel(liveEdges(order, HASTY));
