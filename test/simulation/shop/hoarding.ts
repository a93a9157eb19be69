import type { Item } from '../../../engine/batch/store.ts';
import type { HoarderPlan } from '../actors/workload.ts';
import { type Row, rowOf, statusOf } from '../checker/row.ts';
import type { TallyBook } from '../checker/tallies.ts';
import type { Coverage } from '../coverage.ts';
import type { Invocation } from '../invocation.ts';
import type { Random } from '../random.ts';
import type { World } from '../world/world.ts';
import type { Product } from './shelf.ts';

/** What somebody wants all of, and everybody else one. */
export const HOARDED_SKU = 'console';
export const SHARE_PERCENT = 50;
const HOARDER = 'hoarder';
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
  name: HOARDER,
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

/** Of honest buyers whose orders were accepted, some may be refused for want of what somebody has not yet had to pause for. */
export const honestlyServed = {
  of: 'an honest buyer was served',
  among: 'an honest buyer beside a hoarder',
  least: SERVED,
} as const;

const honestOrders = (world: World): readonly Item[] =>
  [...world.sagas.values()].filter((item) => isHonest(rowOf(item)?.state));

const isHonest = (order: Row | undefined): boolean =>
  order?.customerId !== HOARDER &&
  (order?.items?.some(({ sku }: { readonly sku: string }) => sku === HOARDED_SKU) ?? false);

export function countService(world: World, coverage: Coverage): void {
  const orders = honestOrders(world);
  const refused = orders.filter(
    (item) => statusOf(item) === 'CANCELLED' && rowOf(item)?.state.reason.code === 'OUT_OF_STOCK',
  );
  coverage.count(honestlyServed.among, orders.length);
  coverage.count(honestlyServed.of, orders.length - refused.length);
}

/** Whoever has failed too often may begin one order at a time, and one order may not take all there is. */
export function flawOfRefusal(
  world: World,
  tallies: TallyBook,
  reservation: Item,
  invocation: Invocation | undefined,
): string | undefined {
  const { state, sagaId } = rowOf(reservation) as Row;
  if (state.status !== 'REJECTED' || state.reason?.code !== 'OUT_OF_STOCK') return undefined;
  if (invocation === undefined || !tallies.wasHeldSince(HOARDER, invocation.startedStep)) return undefined;
  if (!isHonest(rowOf(world.recordOf('order', sagaId))?.state)) return undefined;
  return `${sagaId} was refused what somebody hoards who has to pause`;
}
