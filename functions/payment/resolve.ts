import { resolving } from '../../engine/http/resolving.ts';
import { liveEdges } from '../../engine/live.ts';
import { HASTY } from '../../engine/rabbitmq/publisher.ts';
import { charging } from './decide.ts';

/** POST /orders/{orderId}/payment/resolve */
export const handler = resolving(charging, liveEdges(charging, HASTY));
