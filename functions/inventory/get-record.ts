import { recordReader } from '../../engine/http/record-reader.ts';
import { liveTable } from '../../engine/live-table.ts';
import { inventory } from './inventory.ts';

/** GET /orders/{orderId}/reservation */
export const handler = recordReader(inventory, liveTable(inventory));
