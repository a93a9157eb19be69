import type { Item, Write } from '../../../engine/batch/store.ts';
import { UNWRITABLE_SKU } from '../actors/workload.ts';
import type { Invocation } from '../invocation.ts';
import type { World } from '../world/world.ts';
import type { Flaw } from './flaw.ts';
import { flawOfMoney, flawOfPrice } from './money.ts';
import { flawOfReservation } from './reservations.ts';
import { rowOf, statusOf } from './row.ts';
import type { Rules } from './rules.ts';
import { StockBook } from './stock.ts';

/** What the shop promises besides: P1, and P2 in money. */
export class ShopRules implements Rules {
  readonly #world: World;
  readonly #stock: StockBook;

  constructor(world: World) {
    this.#world = world;
    this.#stock = new StockBook(world.tableOf('inventory'));
  }

  get stocktakes(): ReadonlySet<string> {
    return this.#stock.stocktakes;
  }

  wrote(
    service: string,
    writes: readonly Write[],
    before: ReadonlyMap<string, Item>,
    step: number,
    invocation: Invocation | undefined,
  ): Flaw | undefined {
    if (service !== 'inventory') return undefined;
    return broken('P1', this.#stock.wrote(writes, before, step, invocation));
  }

  recorded(service: string, item: Item, invocation: Invocation | undefined): Flaw | undefined {
    if (service === 'inventory')
      return broken('P1', flawOfReservation(this.#world, this.#stock, item, invocation));
    if (service === 'payment' && statusOf(item) === 'CHARGING')
      return broken('P2', flawOfPrice(this.#world, item));
    return undefined;
  }

  judge(orderId: string): Flaw | undefined {
    return flawOfMoney(this.#world, orderId);
  }

  isUnwritable(write: Write): boolean {
    return (
      write.kind === 'put' &&
      statusOf(write.item) === 'RESERVED' &&
      rowOf(write.item)?.state.lines.some(isOfUnwritable)
    );
  }

  mayBeUnwritable(orderId: string): boolean {
    return rowOf(this.#world.recordOf('order', orderId))?.state.items.some(isOfUnwritable) ?? false;
  }
}

const isOfUnwritable = ({ sku }: { readonly sku: string }): boolean => sku === UNWRITABLE_SKU;

const broken = (promise: string, flaw: string | undefined): Flaw | undefined =>
  flaw === undefined ? undefined : [promise, flaw];
