import type { Item, Write } from '../../../engine/batch/store.ts';
import type { Table } from '../world/table.ts';
import { type Row, rowOf, statusOf } from './row.ts';

interface Level {
  readonly step: number;
  readonly available: number;
}

/** Who writes, and what of each SKU it has taken in each of its transactions. */
interface Writer {
  readonly takings: ReadonlyMap<string, number>[];
}

/**
 * P1: what there should be of every SKU, told by stocktakes and receipts alone, and what there was at which
 * step, so that a refusal for want of stock can be judged.
 */
export class StockBook {
  readonly #table: Table;
  readonly #expected = new Map<string, number>();
  /** What all reservations hold now. */
  readonly #held = new Map<string, number>();
  readonly #levels = new Map<string, Level[]>();
  readonly #highestPrices = new Map<string, number>();

  /** Every one that was stored, as `stocktakeOf` names it. */
  readonly stocktakes = new Set<string>();

  constructor(table: Table) {
    this.#table = table;
  }

  /** Something was written. What is wrong with it; undefined if nothing is. */
  wrote(
    writes: readonly Write[],
    before: ReadonlyMap<string, Item>,
    step: number,
    writer: Writer = { takings: [] },
  ): string | undefined {
    const taken = new Map<string, number>();
    for (const write of writes) {
      if (write.kind !== 'put') continue;
      hold(this.#held, before.get(write.item.pk), -1);
      hold(this.#held, write.item);
      hold(taken, write.item);
    }
    if (taken.size > 0) writer.takings.push(taken);
    for (const write of writes) {
      const flaw = this.#expect(write, writes, before);
      if (flaw !== undefined) return flaw;
    }
    for (const key of touchedBy(writes, before)) {
      const expected = this.#expected.get(key);
      if (expected === undefined) continue;
      const available = Number(rowOf(this.#table.items.get(key))?.available);
      if (!(available >= 0)) return `${key} is at ${available}`;
      const isHeld = this.#held.get(key) ?? 0;
      if (available + isHeld !== expected)
        return `${key}: ${available} available + ${isHeld} held, not ${expected}`;
      this.#note(key, step, available);
    }
    return undefined;
  }

  #note(key: string, step: number, available: number): void {
    const levels = this.#levels.get(key) ?? [];
    if (!Number.isNaN(available) && levels.at(-1)?.available !== available) levels.push({ step, available });
    this.#levels.set(key, levels);
  }

  /**
   * Whether there was too little of it at any moment since a step, besides what the writer itself took for orders
   * that came before: what was given back or received meanwhile may have come after its decision.
   */
  wasShort(sku: string, quantity: number, sinceStep: number, writer: Writer = { takings: [] }): boolean {
    const key = `SKU#${sku}`;
    const levels = this.#levels.get(key) ?? [];
    const begin = levels.findLastIndex(({ step }) => step < sinceStep);
    const taken = writer.takings.reduce((sum, each) => sum + (each.get(key) ?? 0), 0);
    return levels.slice(Math.max(begin, 0)).some(({ available }) => available - taken < quantity);
  }

  /** The most that one piece of it has ever cost. */
  highestPrice(sku: string): number {
    return this.#highestPrices.get(`SKU#${sku}`) ?? 0;
  }

  wasUnknown(sku: string, sinceStep: number): boolean {
    const [first] = this.#levels.get(`SKU#${sku}`) ?? [];
    return first === undefined || first.step >= sinceStep;
  }

  #expect(write: Write, writes: readonly Write[], before: ReadonlyMap<string, Item>): string | undefined {
    if (write.kind !== 'put') return undefined;
    const { item } = write;
    if (item.pk.startsWith('SKU#')) {
      const { sku } = item;
      if (!this.#table.items.has(`CATALOGUE#${sku as string}`)) return `${item.pk} is in no catalogue`;
      this.stocktakes.add(stocktakeOf(item));
      this.#expected.set(item.pk, Number(item.available) + (this.#held.get(item.pk) ?? 0));
      const price = Math.max(Number(item.unitPriceMinor), this.#highestPrices.get(item.pk) ?? 0);
      this.#highestPrices.set(item.pk, price);
    } else if (item.pk.startsWith('RECEIPT#')) {
      if (before.has(item.pk)) return `${item.pk} was received before`;
      const add = writes.find((each) => each.kind === 'add');
      const key = add?.kind === 'add' ? add.key : '';
      this.#expected.set(key, (this.#expected.get(key) ?? 0) + Number(item.quantity));
    }
    return undefined;
  }
}

export const stocktakeOf = ({ sku, available, unitPriceMinor, currency }: Row): string =>
  `${sku}: ${available} at ${unitPriceMinor} ${currency}`;

/** What may differ after the writes: counters, and what the records held before and hold now. */
function touchedBy(writes: readonly Write[], before: ReadonlyMap<string, Item>): ReadonlySet<string> {
  const touched = new Set<string>();
  for (const write of writes) {
    const key = write.kind === 'put' ? write.item.pk : write.key;
    touched.add(key);
    for (const item of [before.get(key), write.kind === 'put' ? write.item : undefined]) {
      for (const { sku } of rowOf(item)?.state?.lines ?? []) touched.add(`SKU#${sku}`);
    }
  }
  return touched;
}

/** Adds what a record holds, as often as that. */
function hold(held: Map<string, number>, item: Item | undefined, times = 1): void {
  if (statusOf(item) !== 'RESERVED') return;
  for (const { sku, quantity } of (rowOf(item) as Row).state.lines) {
    const key = `SKU#${sku}`;
    held.set(key, (held.get(key) ?? 0) + times * quantity);
  }
}
