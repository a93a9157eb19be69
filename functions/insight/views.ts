import { liveKeepers } from '../../engine/live-table.ts';
import { tables } from '../privacy/tables.ts';
import { shop } from '../shop.ts';

/** The tables of all participants. */
export const views = liveKeepers(shop, tables);
