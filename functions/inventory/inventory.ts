import type { Participant } from '../../engine/batch/participant.ts';
import { type Fact, shop } from '../shop.ts';
import { decide, type Reservation, stockKey } from './decide.ts';
import { stockLimits } from './limits.ts';
import { reservations, stockOf } from './table.ts';

/** The inventory service's part in the saga. Stock and prices are read with the reservation, in one call. */
export const inventory: Participant<Reservation, Fact, never> = {
  saga: shop,
  service: 'inventory',
  table: reservations,
  opens: 'order.placed',
  reads: (fact) => (fact.type === 'order.placed' ? fact.data.items.map(({ sku }) => stockKey(sku)) : []),
  decide: (reservation, fact, items) =>
    decide(
      reservation,
      fact,
      (sku) => {
        const item = items(stockKey(sku));
        return item && stockOf(item);
      },
      stockLimits(),
    ),
};
