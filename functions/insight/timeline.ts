import { liveDeadline } from '../../engine/initiator/nudge.ts';
import { timelineReader } from '../../engine/insight/timeline-reader.ts';
import { shop } from '../shop.ts';
import { views } from './views.ts';

/** GET /orders/{orderId}/timeline */
export const handler = timelineReader(shop, views, { now: Date.now, deadlineMs: liveDeadline() });
