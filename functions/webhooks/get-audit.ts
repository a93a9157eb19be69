import { auditReader } from '../../engine/http/audit-reader.ts';
import { liveTable } from '../../engine/live-table.ts';
import { webhooksStep } from './decide.ts';

/** GET /audit/webhooks */
export const handler = auditReader(webhooksStep(), liveTable(webhooksStep()));
