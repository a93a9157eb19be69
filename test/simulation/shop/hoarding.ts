import type { HoarderPlan } from '../actors/workload.ts';
import { rowOf, statusOf } from '../checker/row.ts';
import type { Random } from '../random.ts';
import type { World } from '../world/world.ts';
import type { Product } from './shelf.ts';

/** What somebody wants all of, and everybody else one. */
export const HOARDED_SKU = 'console';
export const SHARE_PERCENT = 50;
const ANY_SHARE_QUANTITY = 10;

/** Of honest buyers for whom there is enough, so many get it whatever others do. */
const SERVED = 0.9;

export const hoarded: Product = { sku: HOARDED_SKU, available: 500, unitPriceMinor: 100, currency: 'EUR' };

/** What one order may take of a SKU. */
export const mostOf = (available: number): number =>
  Math.max(ANY_SHARE_QUANTITY, Math.floor((available * SHARE_PERCENT) / 100));

/** Wants all of it, or as much as one order gets, on a card that is always declined. Some it pays for. */
export const hoarder = (id: number, random: Random): HoarderPlan => ({
  id,
  name: 'hoarder',
  look: { name: 'get-stock', path: { sku: HOARDED_SKU } },
  isThere: ({ availability }) => availability !== 'OUT_OF_STOCK',
  bodies: Array.from({ length: 6 + random.below(8) }, () =>
    random.chance(0.2)
      ? { items: [{ sku: HOARDED_SKU, quantity: 1 }], paymentMethod: 'pm_card_visa' }
      : {
          items: [{ sku: HOARDED_SKU, quantity: random.pick([500, 250, 125, 60]) }],
          paymentMethod: 'pm_card_chargeDeclined',
        },
  ),
});

/** Of the orders of honest buyers that were accepted, how many were refused for want of what somebody hoards. */
export function flawOfService(world: World): string | undefined {
  const honest = [...world.sagas.values()].filter((item) => {
    const { items, customerId } = rowOf(item)?.state ?? {};
    return customerId !== 'hoarder' && items?.some(({ sku }: { sku: string }) => sku === HOARDED_SKU);
  });
  const refused = honest.filter(
    (item) => statusOf(item) === 'CANCELLED' && rowOf(item)?.state.reason.code === 'OUT_OF_STOCK',
  );
  if (refused.length <= (1 - SERVED) * honest.length) return undefined;
  return `${refused.length} of ${honest.length} honest buyers were refused what somebody hoards`;
}
