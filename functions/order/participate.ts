import { consume } from '../../engine/consumer/consume.ts';
import { liveEdges, retryDelays } from '../../engine/live.ts';
import { order } from './order.ts';

/** The queue `order`: completing steps, failures and compensations of the other participants. */
export const handler = consume(order, liveEdges(order), retryDelays());
