import type { Meters, Money, StockRow, Verdict } from '../../../../console/playground/wire.ts';

/** What stands in the shop's tables and in the provider's books, read one after the other. */
export interface Reading {
  readonly shelf: ReadonlyMap<string, { readonly available: number; readonly stocktakenAt: string }>;
  /** Pieces held for orders, by SKU. */
  readonly held: ReadonlyMap<string, number>;
  /** Goods that came in since a SKU's last stocktake. */
  readonly received: ReadonlyMap<string, number>;
  readonly orders: ReadonlyMap<string, OrderRow>;
  /** By order: a refund that people have settled, or given back after the end. */
  readonly byHand: ReadonlyMap<string, 'all' | number>;
  /** By order, in minor units. */
  readonly ledger: ReadonlyMap<string, Account>;
}

export interface OrderRow {
  readonly status: string;
  /** Of one that is CONFIRMED. */
  readonly totalMinor?: number;
  readonly currency?: string;
}

export interface Account {
  readonly captures: number;
  readonly capturedMinor: number;
  readonly refundedMinor: number;
}

/** How much there was of a SKU, by SKU and stocktake: as it was found when it was first read at rest. */
export type Baselines = Map<string, number>;

/**
 * The meters of a reading. A difference that is in two readings alike is one; a single reading may have been made while
 * something moved. `again`: the reading after it, whose figures are told.
 */
export function metersOf(first: Reading, again: Reading | undefined, baselines: Baselines): Meters {
  const last = again ?? first;
  return {
    stock: [...last.shelf.keys()]
      .toSorted()
      .map((sku) => stockRow(sku, last, again === undefined ? undefined : first, baselines)),
    money: moneyOf(first, again),
  };
}

/** Whether a reading is worth another one: something is not known to hold. */
export const isUnsettled = ({ stock, money }: Meters): boolean =>
  money.verdict !== 'holds' || stock.some(({ verdict }) => verdict !== 'holds');

const heldOf = ({ held }: Reading, sku: string): number => held.get(sku) ?? 0;

function stockRow(
  sku: string,
  reading: Reading,
  before: Reading | undefined,
  baselines: Baselines,
): StockRow {
  const { available, stocktakenAt } = reading.shelf.get(sku) ?? { available: 0, stocktakenAt: '' };
  const [held, received] = [heldOf(reading, sku), reading.received.get(sku) ?? 0];
  const isAtRest =
    before !== undefined &&
    before.shelf.get(sku)?.available === available &&
    before.shelf.get(sku)?.stocktakenAt === stocktakenAt &&
    heldOf(before, sku) === held;
  const key = `${sku} ${stocktakenAt}`;
  if (!baselines.has(key) && isAtRest) baselines.set(key, available + held - received);
  const baseline = baselines.get(key);
  if (baseline === undefined) return { sku, available, held, verdict: 'moves' };
  const isRight = available >= 0 && baseline + received === available + held;
  const verdict: Verdict = isRight ? 'holds' : isAtRest ? 'broken' : 'moves';
  return { sku, initial: baseline + received, available, held, verdict };
}

/** The orders are read before the ledger: what they say has been done by then. */
function moneyOf(first: Reading, again: Reading | undefined): Money {
  const reading = again ?? first;
  const sums = { captured: 0, refunded: 0, confirmed: 0, underWay: 0, byHand: 0 };
  for (const { status, totalMinor = 0 } of reading.orders.values())
    if (status === 'CONFIRMED') sums.confirmed += totalMinor;
  for (const [orderId, { capturedMinor, refundedMinor }] of reading.ledger) {
    const keptMinor = capturedMinor - refundedMinor;
    sums.captured += capturedMinor;
    sums.refunded += refundedMinor;
    const byHand = reading.byHand.get(orderId);
    const order = reading.orders.get(orderId);
    if (byHand !== undefined) sums.byHand += byHand === 'all' ? keptMinor : -byHand;
    else if (order?.status !== 'CONFIRMED' && order?.status !== 'CANCELLED') sums.underWay += keptMinor;
  }
  const wrongNow = wrongIn(reading);
  const wrongBefore = again === undefined ? undefined : wrongIn(first);
  const wrong = [...wrongNow].filter((orderId) => wrongBefore?.has(orderId) ?? false);
  const currencies = new Set([...reading.orders.values()].flatMap(({ currency }) => currency ?? []));
  const [currency] = currencies;
  return {
    ...sums,
    ...(currencies.size === 1 && currency !== undefined ? { currency } : {}),
    verdict: wrongNow.size === 0 ? 'holds' : wrong.length > 0 ? 'broken' : 'moves',
    wrong,
  };
}

/** The orders that have ended with other money than is due: the total if CONFIRMED, else nothing. And what is charged twice. */
function wrongIn({ orders, ledger, byHand }: Reading): ReadonlySet<string> {
  const wrong = new Set<string>();
  for (const [orderId, { captures, capturedMinor, refundedMinor }] of ledger) {
    const order = orders.get(orderId);
    const settled = byHand.get(orderId);
    const dueMinor = dueOf(order);
    if (captures > 1) wrong.add(orderId);
    if (settled === 'all' || dueMinor === undefined) continue;
    if (capturedMinor - refundedMinor !== dueMinor - (settled ?? 0)) wrong.add(orderId);
  }
  for (const [orderId, order] of orders) {
    if (order.status === 'CONFIRMED' && !ledger.has(orderId)) wrong.add(orderId);
  }
  return wrong;
}

/** Undefined as long as it is open. One that nobody knows has perhaps just been placed; nothing is due for it. */
function dueOf(order: OrderRow | undefined): number | undefined {
  if (order?.status === 'CONFIRMED') return order.totalMinor ?? 0;
  return order === undefined || order.status === 'CANCELLED' ? 0 : undefined;
}
