import { auditReader } from '../../engine/http/audit-reader.ts';
import { liveTable } from '../../engine/live-table.ts';
import { charging } from './decide.ts';

/** GET /audit/payment */
export const handler = auditReader(charging, liveTable(charging));
