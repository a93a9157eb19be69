import { liveKeepers } from '../../engine/live-table.ts';
import { shop } from '../shop.ts';
import { tables } from './tables.ts';

export const keepers = liveKeepers(shop, tables);
