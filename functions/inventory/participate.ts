import { consume } from '../../engine/consumer/consume.ts';
import { liveEdges, retryDelays } from '../../engine/live.ts';
import { inventory } from './inventory.ts';

/** The queue `inventory`: reserves stock for orders, and releases it after failures. */
export const handler = consume(inventory, liveEdges(inventory), retryDelays());
