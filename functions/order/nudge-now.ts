import { liveDeadline } from '../../engine/initiator/nudge.ts';
import { nudging } from '../../engine/initiator/nudge-now.ts';
import { liveEdges } from '../../engine/live.ts';
import { HASTY } from '../../engine/rabbitmq/publisher.ts';
import { order } from './order.ts';

/** POST /orders/{orderId}/nudge */
export const handler = nudging(order, liveEdges(order, HASTY), liveDeadline());
