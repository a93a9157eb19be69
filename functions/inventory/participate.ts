import { consume } from '../../engine/consumer/consume.ts';
import { liveEdges, retryDelays } from '../../engine/live.ts';
import { inventory } from './inventory.ts';

/** The queue `inventory`: orders to reserve stock for, and failures to release it after. */
export const handler = consume(inventory, liveEdges(inventory), retryDelays());
