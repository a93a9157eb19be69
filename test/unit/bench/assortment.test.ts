import { describe, expect, test } from 'vitest';
import { type Assortment, basketOf, productsOf } from '../../bench/assortment.ts';

const baskets = (count: number, assortment: Partial<Assortment>) =>
  Array.from({ length: count }, (_, index) =>
    basketOf(index, { skus: 1_000, hot: false, declined: 0.1, ...assortment }),
  );

describe('what customers buy', () => {
  test.each([
    [0, 0],
    [0.1, 100],
    [0.25, 250],
    [1, 1_000],
  ])('of a share of %d declined in 1,000 there are %i, evenly spread', (declined, expected) => {
    const declinedOnes = baskets(1_000, { declined }).map(({ isDeclined }) => isDeclined);
    expect(declinedOnes.filter(Boolean).length).toBe(expected);
    expect(declinedOnes.slice(0, 500).filter(Boolean).length).toBe(expected / 2);
  });

  test('is two SKUs that are on the shelf, spread over all of it', () => {
    const shelf = new Set(productsOf(1_000).map(({ sku }) => sku));
    const bought = baskets(1_000, {}).map(({ items }) => items.map(({ sku }) => sku));
    expect(bought.every((skus) => new Set(skus).size === 2 && skus.every((sku) => shelf.has(sku)))).toBe(
      true,
    );
    expect(new Set(bought.flat()).size).toBe(1_000);
  });

  test('is one and the same SKU when it is hot, and one line when there is only one', () => {
    expect(
      baskets(50, { hot: true }).every(({ items }) => items.length === 1 && items[0]?.sku === 'sku-0'),
    ).toBe(true);
    expect(baskets(50, { skus: 1 }).every(({ items }) => items.length === 1)).toBe(true);
    expect(
      baskets(50, { skus: 7 }).every(
        ({ items }) => new Set(items.map(({ sku }) => sku)).size === items.length,
      ),
    ).toBe(true);
  });
});
