import * as z from 'zod';
import { initiatorTable } from '../../engine/saga/initiator-table.ts';
import { AmountMinor, Currency } from '../money.ts';
import { shop } from '../shop.ts';
import { Placed } from './decide.ts';

export const orders = initiatorTable(shop, Placed, z.object({ totalMinor: AmountMinor, currency: Currency }));
