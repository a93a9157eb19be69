import { deadLetters } from '../runtime/dead-letters.ts';
import { liveEdges, liveParking } from '../runtime/live.ts';
import { inventory } from './inventory.ts';

/** GET /dead-letters/inventory · POST /dead-letters/inventory/redrive */
export const handler = deadLetters(inventory, liveEdges('inventory'), () => liveParking('inventory'));
