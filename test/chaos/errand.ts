import type { OrderLine } from '../support/saga/client.ts';
import type { Product } from '../support/saga/world.ts';
import { Dice } from './dice.ts';

/** What one customer sets out to do with one order. */
export interface Errand {
  readonly key: string;
  readonly customer: string;
  readonly items: readonly OrderLine[];
  readonly paymentMethod: string;
  /** How long after its acceptance the order is cancelled. */
  readonly cancelAfterMs?: number;
  /** How long after its acceptance it is sent once more, as it was or with another body under the same key. */
  readonly repeatAfterMs?: number;
  readonly repeatsWithAnotherBody: boolean;
}

/** Few stand for many: they have a class with limits of its own. */
export const customerClass = 'trusted';
export const customers = ['alice', 'bob', 'carol', 'dave', 'erin'] as const;

const hotSku = 'hot';
export const scarceSku = 'scarce';
/** Somebody takes as much of it as goes. */
export const grabbedSku = 'grabbed';
const ordinarySkus = Array.from({ length: 8 }, (_, index) => `plain-${index}`);

/** Enough of everything for hours of load, but for one that is sold out at once and now and then comes in again. */
export const assortment: readonly Product[] = [
  { sku: hotSku, available: 1_000_000, unitPriceMinor: 1_290 },
  { sku: scarceSku, available: 40, unitPriceMinor: 18_900 },
  // Of which somebody can hold five sixths, and half an hour's customers want a fifth.
  { sku: grabbedSku, available: 60_000, unitPriceMinor: 90 },
  ...ordinarySkus.map((sku, index) => ({ sku, available: 1_000_000, unitPriceMinor: 300 + index })),
];

export function errandOf(seed: string, index: number): Errand {
  const dice = new Dice(`${seed}/errand/${index}`);
  const paymentMethod = methodOf(dice);
  return {
    key: `chaos-${seed}-${index}`,
    customer: customers[index % customers.length] ?? customers[0],
    items: itemsOf(dice),
    paymentMethod,
    ...(dice.oneIn(12) || refundIsLocked(paymentMethod) ? { cancelAfterMs: dice.between(0, 1_500) } : {}),
    ...(dice.oneIn(12) ? { repeatAfterMs: dice.between(0, 6_000) } : {}),
    repeatsWithAnotherBody: dice.oneIn(3),
  };
}

/** A tenth is declined. A charge whose answer is lost holds up the whole batch for five seconds, so these are rare. */
function methodOf(dice: Dice): string {
  if (dice.oneIn(10)) return 'pm_card_chargeDeclined';
  if (dice.oneIn(800)) return 'pm_sandbox_timeoutAfterCharge';
  if (dice.oneIn(100)) return 'pm_sandbox_unavailableTwice';
  if (dice.oneIn(100)) return 'pm_sandbox_refundFailsFiveTimes';
  return 'pm_card_visa';
}

const refundIsLocked = (method: string): boolean => method === 'pm_sandbox_refundFailsFiveTimes';

function itemsOf(dice: Dice): readonly OrderLine[] {
  const line = (sku: string): OrderLine => ({ sku, quantity: dice.between(1, 3) });
  const [first = hotSku, second = hotSku] = dice.shuffled(ordinarySkus);
  if (dice.oneIn(15)) return [line(scarceSku), line(first)];
  if (dice.oneIn(15)) return [line(grabbedSku)];
  if (dice.oneIn(3)) return [line(hotSku)];
  return dice.oneIn(2) ? [line(first)] : [line(first), line(second), line(hotSku)];
}
