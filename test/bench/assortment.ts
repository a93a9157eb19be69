import type { OrderLine } from '../support/saga/client.ts';
import type { Product } from '../support/saga/world.ts';

/** What the shop has and what its customers buy: by number, so that every run does the same. */
export interface Assortment {
  readonly skus: number;
  /** Every order buys one and the same SKU. */
  readonly hot: boolean;
  /** The share of orders whose payment is declined. */
  readonly declined: number;
}

export interface Basket {
  readonly items: readonly OrderLine[];
  readonly paymentMethod: string;
  readonly isDeclined: boolean;
}

/** No run sells that many. */
const plenty = 500_000_000;
/** Prime to every usual number of SKUs, so that neighbours in time are no neighbours on the shelf. */
const stride = 7_919;

export const productsOf = (skus: number): readonly Product[] =>
  Array.from({ length: skus }, (_, index) => ({
    sku: skuOf(index),
    available: plenty,
    unitPriceMinor: 300 + (index % 1_000),
  }));

/** Two SKUs, if there are two. */
export function basketOf(index: number, { skus, hot, declined }: Assortment): Basket {
  const isDeclined = Math.floor((index + 1) * declined) > Math.floor(index * declined);
  const first = hot ? 0 : (index * stride) % skus;
  const second = (first + 1 + (index % 7)) % skus;
  const items = [{ sku: skuOf(first), quantity: 1 }];
  if (!hot && second !== first) items.push({ sku: skuOf(second), quantity: 2 });
  return { items, paymentMethod: isDeclined ? 'pm_card_chargeDeclined' : 'pm_card_visa', isDeclined };
}

const skuOf = (index: number): string => `sku-${index}`;
