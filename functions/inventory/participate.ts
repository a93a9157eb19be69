import { liveEdges, retryDelays } from '../runtime/live.ts';
import { participate } from '../runtime/participate.ts';
import { inventory } from './inventory.ts';

/** The queue `inventory`: orders to reserve stock for, and failures to release it after. */
export const handler = participate(inventory, liveEdges('inventory'), retryDelays());
