import { deadLetters } from '../../engine/dead-letters/dead-letters.ts';
import { liveEdges, liveParking } from '../../engine/live.ts';
import { HASTY } from '../../engine/rabbitmq/publisher.ts';
import { order } from './order.ts';

/** GET /dead-letters/order · POST /dead-letters/order/redrive */
export const handler = deadLetters(order, liveEdges(order, HASTY), () => liveParking(order, HASTY));
