import { deadLetters } from '../../engine/dead-letters/dead-letters.ts';
import { liveDeadLetterQueues, liveEdges } from '../../engine/live.ts';
import { HASTY } from '../../engine/rabbitmq/publisher.ts';
import { payment } from './payment.ts';
import { liveProvider } from './provider.ts';

/** GET /dead-letters/payment · POST /dead-letters/payment/redrive · POST /dead-letters/payment/discard */
const participant = payment(liveProvider());
export const handler = deadLetters(participant, liveEdges(participant, HASTY), () =>
  liveDeadLetterQueues(participant, HASTY),
);
