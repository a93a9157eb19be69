import { countDeadLetters } from '../../engine/dead-letters/count-dead-letters.ts';
import { liveDeadLetterCount } from '../../engine/live.ts';
import { HASTY } from '../../engine/rabbitmq/publisher.ts';
import { webhooksStep } from './decide.ts';

export const handler = countDeadLetters('webhooks', liveDeadLetterCount(webhooksStep(), HASTY));
