import type * as z from 'zod';
import { initiating } from '../../engine/initiator/initiating.ts';
import { shop } from '../shop.ts';
import { decide } from './decide.ts';
import { orders } from './table.ts';
import type { OwnView } from './view.ts';

/** Codes of reasons that are the customer's own fault: stock was held for a card that nobody can charge. */
export const ownFaults = ['PAYMENT_DECLINED'];

/** What of an order its customer sees, besides what every saga has. */
export const ownView = (state: z.infer<typeof orders.schema>): OwnView => ({
  items: state.items,
  ...(state.status === 'CONFIRMED' ? { totalMinor: state.totalMinor, currency: state.currency } : {}),
});

/** The order service's part in the saga, and an order as its customer sees it. */
export const order = initiating(shop, decide, orders, ownView, ownFaults);
