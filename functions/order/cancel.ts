import { cancelling } from '../../engine/initiator/cancel.ts';
import { liveEdges } from '../../engine/live.ts';
import { HASTY } from '../../engine/rabbitmq/publisher.ts';
import { order } from './order.ts';

/** POST /orders/{orderId}/cancel */
export const handler = cancelling(order, liveEdges(order, HASTY));
