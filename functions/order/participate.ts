import { liveEdges, retryDelays } from '../runtime/live.ts';
import { participate } from '../runtime/participate.ts';
import { order } from './order.ts';

/** The queue `order`: what the other participants did, or could not do, or have undone. */
export const handler = participate(order, liveEdges('order'), retryDelays());
