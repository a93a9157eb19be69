import { deadLetters } from '../../engine/dead-letters/dead-letters.ts';
import { liveDeadLetterQueues, liveEdges } from '../../engine/live.ts';
import { HASTY } from '../../engine/rabbitmq/publisher.ts';
import { charging } from './decide.ts';

/** GET /dead-letters/payment · POST /dead-letters/payment/redrive · POST /dead-letters/payment/discard */
export const handler = deadLetters(charging, liveEdges(charging, HASTY), () =>
  liveDeadLetterQueues(charging, HASTY),
);
