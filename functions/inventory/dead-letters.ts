import { deadLetters } from '../../engine/dead-letters/dead-letters.ts';
import { liveDeadLetterQueues, liveEdges } from '../../engine/live.ts';
import { HASTY } from '../../engine/rabbitmq/publisher.ts';
import { inventory } from './inventory.ts';

/** GET /dead-letters/inventory · POST /dead-letters/inventory/redrive · POST /dead-letters/inventory/discard */
export const handler = deadLetters(inventory, liveEdges(inventory, HASTY), () =>
  liveDeadLetterQueues(inventory, HASTY),
);
