import { countDeadLetters } from '../../engine/dead-letters/count-dead-letters.ts';
import { liveParkedCount } from '../../engine/live.ts';
import { HASTY } from '../../engine/rabbitmq/publisher.ts';
import { charging } from './decide.ts';

export const handler = countDeadLetters('payment', liveParkedCount(charging, HASTY));
