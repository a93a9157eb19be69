import type { Edges } from '../../engine/batch/edges.ts';
import { reading } from '../../engine/initiator/read.ts';
import { liveEdges } from '../../engine/live.ts';
import { order } from './order.ts';

/** GET /orders/{orderId} */
export const get = (edges: Edges) => reading(order, edges);

export const handler = get(liveEdges(order));
