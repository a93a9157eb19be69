import { deadLetters } from '../../engine/dead-letters/dead-letters.ts';
import { liveDeadLetterQueues, liveEdges } from '../../engine/live.ts';
import { HASTY } from '../../engine/rabbitmq/publisher.ts';
import { participant } from './live.ts';

/** GET /dead-letters/webhooks · POST /dead-letters/webhooks/redrive · POST /dead-letters/webhooks/discard */
export const handler = deadLetters(participant, liveEdges(participant, HASTY), () =>
  liveDeadLetterQueues(participant, HASTY),
);
