import { deadLetters } from '../runtime/dead-letters.ts';
import { liveEdges, liveParking } from '../runtime/live.ts';
import { order } from './order.ts';

/** GET /dead-letters/order · POST /dead-letters/order/redrive */
export const handler = deadLetters(order, liveEdges('order'), () => liveParking('order'));
