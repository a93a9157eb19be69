import { reading } from '../../engine/initiator/read.ts';
import { liveTable } from '../../engine/live-table.ts';
import { liveWait } from '../../engine/live-wait.ts';
import { order } from './order.ts';

/** GET /orders/{orderId} */
export const handler = reading(order, liveTable(order), liveWait(order));
