import { countDeadLetters } from '../../engine/dead-letters/count-dead-letters.ts';
import { liveDeadLetterCount } from '../../engine/live.ts';
import { HASTY } from '../../engine/rabbitmq/publisher.ts';
import { inventory } from './inventory.ts';

export const handler = countDeadLetters('inventory', liveDeadLetterCount(inventory, HASTY));
