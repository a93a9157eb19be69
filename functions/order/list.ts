import { listing } from '../../engine/initiator/read.ts';
import { liveTable } from '../../engine/live-table.ts';
import { order } from './order.ts';

/** GET /orders: the caller's own, newest first. */
export const handler = listing(order, liveTable(order));
