import { deadLetters } from '../../engine/dead-letters/dead-letters.ts';
import { liveDeadLetterQueues, liveEdges } from '../../engine/live.ts';
import { HASTY } from '../../engine/rabbitmq/publisher.ts';
import { order } from './order.ts';

/** GET /dead-letters/order · POST /dead-letters/order/redrive · POST /dead-letters/order/discard */
export const handler = deadLetters(order, liveEdges(order, HASTY), () => liveDeadLetterQueues(order, HASTY));
