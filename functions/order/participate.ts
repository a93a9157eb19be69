import { consume } from '../../engine/consumer/consume.ts';
import { liveEdges, retryDelays } from '../../engine/live.ts';
import { order } from './order.ts';

/** The queue `order`: what the other participants did, or could not do, or have undone. */
export const handler = consume(order, liveEdges(order), retryDelays());
