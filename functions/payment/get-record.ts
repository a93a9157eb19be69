import { recordReader } from '../../engine/http/record-reader.ts';
import { liveTable } from '../../engine/live-table.ts';
import { charging } from './decide.ts';

/** GET /orders/{orderId}/payment */
export const handler = recordReader(charging, liveTable(charging));
