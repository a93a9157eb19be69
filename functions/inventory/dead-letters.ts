import { deadLetters } from '../runtime/dead-letters.ts';
import { liveEdges, liveParking } from '../runtime/live.ts';
import { HASTY } from '../runtime/publisher.ts';
import { inventory } from './inventory.ts';

/** GET /dead-letters/inventory · POST /dead-letters/inventory/redrive */
export const handler = deadLetters(inventory, liveEdges('inventory', HASTY), () =>
  liveParking('inventory', HASTY),
);
