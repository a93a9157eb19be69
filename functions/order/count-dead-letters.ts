import { countDeadLetters } from '../runtime/count-dead-letters.ts';
import { liveParkedCount } from '../runtime/live.ts';
import { HASTY } from '../runtime/publisher.ts';

export const handler = countDeadLetters('order', liveParkedCount('order', HASTY));
