import { initiating } from '../../engine/initiator/initiating.ts';
import { shop } from '../shop.ts';
import { decide } from './decide.ts';
import { orders } from './table.ts';
import type { OwnView } from './view.ts';

/** Stock was held for a card that nobody can charge. */
const PAYMENT_DECLINED = 'PAYMENT_DECLINED';

/** The order service's part in the saga, and an order as its customer sees it. */
export const order = initiating(
  shop,
  decide,
  orders,
  (state): OwnView => ({
    items: state.items,
    ...(state.status === 'CONFIRMED' ? { totalMinor: state.totalMinor, currency: state.currency } : {}),
  }),
  [PAYMENT_DECLINED],
);
