import { deadLetters } from '../runtime/dead-letters.ts';
import { liveEdges, liveParking } from '../runtime/live.ts';
import { HASTY } from '../runtime/publisher.ts';
import { order } from './order.ts';

/** GET /dead-letters/order · POST /dead-letters/order/redrive */
export const handler = deadLetters(order, liveEdges('order', HASTY), () => liveParking('order', HASTY));
