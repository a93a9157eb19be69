import type { Item, Write } from '../../../engine/batch/store.ts';
import { type Counted, CounterBook } from '../checker/counters.ts';
import { type Row, rowOf, statusOf } from '../checker/row.ts';
import type { Table } from '../world/table.ts';

interface Line {
  readonly sku: string;
  readonly quantity: number;
}

/** The shelf: what reservations hold of each SKU. */
const shelf: Counted = {
  attribute: 'available',
  prefix: 'SKU#',
  heldBy: (item) =>
    statusOf(item) === 'RESERVED'
      ? (rowOf(item) as Row).state.lines.map(({ sku, quantity }: Line) => [`SKU#${sku}`, quantity])
      : [],
};

/** P1 of the shop: besides the shelf, receipts count once, every SKU is in the catalogue, and prices are remembered. */
export class StockBook extends CounterBook {
  /** Every stocktake that was stored, as `stocktakeOf` names it. */
  readonly stocktakes = new Set<string>();
  readonly #highestPrices = new Map<string, number>();
  readonly #currencies = new Map<string, Set<unknown>>();

  constructor(table: Table) {
    super(table, shelf);
  }

  /** The most that one piece of it has ever cost. */
  highestPrice(sku: string): number {
    return this.#highestPrices.get(`SKU#${sku}`) ?? 0;
  }

  /** Whether these have ever cost something in different currencies. */
  wereMixed(skus: readonly string[]): boolean {
    return new Set(skus.flatMap((sku) => [...(this.#currencies.get(`SKU#${sku}`) ?? [])])).size > 1;
  }

  protected override expect(
    write: Write,
    writes: readonly Write[],
    before: ReadonlyMap<string, Item>,
  ): string | undefined {
    if (write.kind !== 'put') return undefined;
    const { item } = write;
    if (item.pk.startsWith('SKU#')) {
      const { sku } = item;
      if (!this.table.items.has(`CATALOGUE#${sku as string}`)) return `${item.pk} is in no catalogue`;
      this.stocktakes.add(stocktakeOf(item));
      const price = Math.max(Number(item.unitPriceMinor), this.#highestPrices.get(item.pk) ?? 0);
      this.#highestPrices.set(item.pk, price);
      this.#currencies.set(item.pk, (this.#currencies.get(item.pk) ?? new Set()).add(item.currency));
    } else if (item.pk.startsWith('RECEIPT#')) {
      if (before.has(item.pk)) return `${item.pk} was received before`;
      const add = writes.find((each) => each.kind === 'add');
      const key = add?.kind === 'add' ? add.key : '';
      this.expected.set(key, (this.expected.get(key) ?? 0) + Number(item.quantity));
    }
    return super.expect(write, writes, before);
  }
}

export const stocktakeOf = ({ sku, available, unitPriceMinor, currency }: Row): string =>
  `${sku}: ${available} at ${unitPriceMinor} ${currency}`;
