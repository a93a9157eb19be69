import { type Assortment, basketOf } from './assortment.ts';
import type { Saga } from './loops.ts';
import type { Stage } from './stage.ts';

/** From POST /orders to the outcome, as a service of its own hears it. */
export function buying({ customer, outcomes, placed, number }: Stage, assortment: Assortment): Saga {
  return async () => {
    const index = number();
    const basket = basketOf(index, assortment);
    const orderId = await customer.order(basket, `bench-${index}`);
    placed.set(orderId, basket.isDeclined);
    return await outcomes.endOf(orderId);
  };
}
