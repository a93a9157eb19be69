import { liveDeadline, nudge } from '../../engine/initiator/nudge.ts';
import { orSayAgain, sayingAgain } from '../../engine/initiator/say-again.ts';
import { liveBacklog, liveEdges } from '../../engine/live.ts';
import { liveReader } from '../../engine/live-table.ts';
import { HASTY } from '../../engine/rabbitmq/publisher.ts';
import { order } from './order.ts';

const edges = liveEdges(order, HASTY);
const backlog = liveBacklog(order, HASTY);

/** The schedule: overdue orders publish their last events again. After a restore a person has those that ended said again, too. */
export const handler = orSayAgain(
  nudge(order, edges, liveDeadline(), backlog),
  sayingAgain(order, edges, backlog, liveReader('order')),
);
