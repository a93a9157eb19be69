import { auditReader } from '../../engine/http/audit-reader.ts';
import { liveTable } from '../../engine/live-table.ts';
import { order } from './order.ts';

/** GET /audit/order */
export const handler = auditReader(order, liveTable(order));
