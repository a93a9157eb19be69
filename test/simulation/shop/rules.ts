import type { Item, Write } from '../../../engine/batch/store.ts';
import { totalMinorOf } from '../../../functions/events.ts';
import type { Flaw } from '../checker/flaw.ts';
import { type Row, rowOf, statusOf } from '../checker/row.ts';
import type { Asked, Rules } from '../checker/rules.ts';
import { TallyBook } from '../checker/tallies.ts';
import type { Coverage } from '../coverage.ts';
import type { Invocation } from '../invocation.ts';
import { limitsIn } from '../limits.ts';
import type { World } from '../world/world.ts';
import { flawOfStockAudit } from './audit.ts';
import { countService, flawOfRefusal } from './hoarding.ts';
import { flawOfMoney, flawOfPrice } from './money.ts';
import { flawOfReconciliation } from './reconciliation.ts';
import { flawOfReservation } from './reservations.ts';
import { StockBook, stocktakeOf } from './stock.ts';
import { UNWRITABLE_SKU } from './workload.ts';

/** What the shop promises besides: P1, and P2 in money. */
export class ShopRules implements Rules {
  readonly #world: World;
  readonly #stock: StockBook;
  readonly #tallies: TallyBook;
  readonly #coverage: Coverage;
  /** The orders of what no table takes. Their records may forget what was ordered. */
  readonly #unwritable = new Set<string>();

  constructor(world: World, seed: number, coverage: Coverage) {
    this.#world = world;
    this.#coverage = coverage;
    this.#tallies = new TallyBook(world, limitsIn(seed), ['PAYMENT_DECLINED']);
    this.#stock = new StockBook(world.tableOf('inventory'));
  }

  wrote(
    service: string,
    writes: readonly Write[],
    before: ReadonlyMap<string, Item>,
    step: number,
    invocation: Invocation | undefined,
  ): Flaw | undefined {
    if (service === 'order') return broken('fairness', this.#tallies.wrote(writes, before, step, invocation));
    if (service !== 'inventory') return undefined;
    const untold = invocation && flawOfStockAudit(writes, before);
    return broken('audit', untold) ?? broken('P1', this.#stock.wrote(writes, before, step, invocation));
  }

  recorded(service: string, item: Item, invocation: Invocation | undefined): Flaw | undefined {
    const { isRecovering, takenOver } = this.#world;
    if (service === 'order' && isOrderOfUnwritable(item)) this.#unwritable.add(item.pk);
    // What was ordered, and what it costs, only they can tell.
    const isForged = takenOver === 'order' || takenOver === 'inventory';
    if (service === 'inventory' && takenOver !== 'order')
      return (
        broken('P1', flawOfReservation(this.#world, this.#stock, item, invocation)) ??
        broken('fairness', flawOfRefusal(this.#world, this.#tallies, item, invocation))
      );
    // What was charged before the tables were put back may not be what it costs by now.
    if (service === 'payment' && statusOf(item) === 'CHARGING' && !isRecovering && !isForged)
      return broken('P2', flawOfPrice(this.#world, item));
    if (service === 'payment' && statusOf(item) === 'REFUNDED' && this.#world.provider.isRefunding(item.pk))
      return ['P2', `${item.pk} is REFUNDED, and a refund is still under way`];
    return undefined;
  }

  wasLimited(owner: string): boolean {
    return this.#tallies.wasLimited(owner);
  }

  judge(orderId: string): Flaw | undefined {
    return flawOfMoney(this.#world, orderId, { isOver: false });
  }

  isUnwritable(write: Write): boolean {
    if (write.kind !== 'put') return false;
    const { lines, items } = rowOf(write.item)?.state ?? {};
    switch (statusOf(write.item)) {
      case 'RESERVED':
        return lines?.some(isOfUnwritable) ?? false;
      // Nor can the order be cancelled then, so that the schedule fails at it every time.
      case 'CANCELLING':
        return items?.some(isOfUnwritable) ?? false;
      default:
        return false;
    }
  }

  mayBeUnwritable(orderId: string): boolean {
    return this.#unwritable.has(orderId) || isOrderOfUnwritable(this.#world.recordOf('order', orderId));
  }

  isOfOtherTerms(orderId: string): boolean {
    const { lines, amountMinor } = rowOf(this.#world.recordOf('payment', orderId))?.state ?? {};
    return lines !== undefined && totalMinorOf(lines) !== amountMinor;
  }

  /** The auditor sees what is wrong, and nothing else. What operators were told is done is done. */
  async ended(operators: readonly Asked[]): Promise<Flaw | undefined> {
    const done = (kind: string) =>
      operators.filter(({ plan, isConfirmed }) => plan.wish.kind === kind && isConfirmed);
    const { provider } = this.#world;
    countService(this.#world, this.#coverage);
    const unpaid = [...provider.accounts.keys()]
      .map((orderId) => flawOfMoney(this.#world, orderId, { isOver: true }))
      .find(Boolean);
    const audited = await flawOfReconciliation(this.#world, unpaid);
    if (audited !== undefined) return audited;
    const open = [...this.#world.tableOf('payment').items.values()].find((item) =>
      UNDER_WAY.has(statusOf(item)),
    );
    if (open !== undefined) return ['P3', `the payment of ${open.pk} is still ${statusOf(open)}`];
    const unseen = [...provider.accounts].find(
      ([orderId, { laterMinor }]) =>
        laterMinor > 0 &&
        rowOf(this.#world.recordOf('payment', orderId))?.state.observed?.refundedMinor !== laterMinor,
    );
    if (unseen !== undefined) return ['P2', `nobody has recorded that ${unseen[0]} was refunded later`];
    const confirmed = done('receive').length;
    const keys = [...this.#world.tableOf('inventory').items.keys()];
    const stored = keys.filter((key) => key.startsWith('RECEIPT#')).length;
    if (stored < confirmed) return ['P6', `${confirmed} receipts were confirmed, ${stored} are stored`];
    const lost = done('stocktake')
      .map(({ plan: { request } }) => stocktakeOf({ ...request.path, ...(request.body as Row) }))
      .find((stocktake) => !this.#stock.stocktakes.has(stocktake));
    return lost === undefined ? undefined : ['P6', `a stocktake was confirmed and not stored: ${lost}`];
  }
}

const UNDER_WAY = new Set(['CHARGING', 'AWAITING_CUSTOMER', 'VOIDING', 'REFUNDING']);

const isOfUnwritable = ({ sku }: { readonly sku: string }): boolean => sku === UNWRITABLE_SKU;
const isOrderOfUnwritable = (order: Item | undefined): boolean =>
  rowOf(order)?.state?.items?.some(isOfUnwritable) ?? false;

const broken = (promise: string, flaw: string | undefined): Flaw | undefined =>
  flaw === undefined ? undefined : [promise, flaw];
