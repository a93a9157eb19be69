import type { Edges } from '../../engine/batch/edges.ts';
import { listing } from '../../engine/initiator/read.ts';
import { liveEdges } from '../../engine/live.ts';
import { order } from './order.ts';

/** GET /orders: the caller's own, newest first. */
export const list = (edges: Edges) => listing(order, edges);

export const handler = list(liveEdges(order));
