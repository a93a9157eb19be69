import { deadlineSetting, nudge } from '../../engine/initiator/nudge.ts';
import { liveBacklog, liveEdges } from '../../engine/live.ts';
import { HASTY } from '../../engine/rabbitmq/publisher.ts';
import { order } from './order.ts';

/** The schedule: overdue orders publish their last events again. */
export const handler = nudge(order, liveEdges(order, HASTY), deadlineSetting, liveBacklog(order, HASTY));
