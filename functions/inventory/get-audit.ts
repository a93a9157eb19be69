import { auditReader } from '../../engine/http/audit-reader.ts';
import { liveTable } from '../../engine/live-table.ts';
import { inventory } from './inventory.ts';

/** GET /audit/inventory */
export const handler = auditReader(inventory, liveTable(inventory));
