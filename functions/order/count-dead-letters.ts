import { countDeadLetters } from '../../engine/dead-letters/count-dead-letters.ts';
import { liveDeadLetterCount } from '../../engine/live.ts';
import { HASTY } from '../../engine/rabbitmq/publisher.ts';
import { order } from './order.ts';

export const handler = countDeadLetters('order', liveDeadLetterCount(order, HASTY));
