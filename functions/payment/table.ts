import { charging } from './decide.ts';

export const payments = charging.table;
