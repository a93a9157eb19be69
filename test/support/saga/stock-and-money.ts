import type { System } from '../../../infra/local/system.ts';
import type { Records, Row } from './records.ts';

interface Tallies {
  readonly captures: number;
  readonly keptMinor: number;
}

/** The shop's own books: goods on the shelf, and the payment provider's ledger. */
export interface StockAndMoney {
  /** By SKU. */
  readonly available: ReadonlyMap<string, number>;
  /** By order. */
  readonly ledger: Readonly<Record<string, Tallies>>;
}

export async function readStockAndMoney(
  rows: readonly Row[],
  system: System,
  isOurs: (orderId: string) => boolean,
): Promise<StockAndMoney> {
  const { orders } = (await (await fetch(`${system.urls.payments}/ledger`)).json()) as {
    orders: StockAndMoney['ledger'];
  };
  return {
    available: new Map(rows.filter(({ pk }) => pk.startsWith('SKU#')).map((row) => [row.sku, row.available])),
    ledger: Object.fromEntries(Object.entries(orders).filter(([orderId]) => isOurs(orderId))),
  };
}

/** P1: all of the initial stock is on the shelf or held by an order. */
export function stockViolations(
  reservations: Records,
  { available }: StockAndMoney,
  shelf: ReadonlyMap<string, { readonly available: number }>,
): readonly string[] {
  const held = new Map<string, number>();
  for (const { state } of reservations.values()) {
    if (state.status !== 'RESERVED') continue;
    for (const { sku, quantity } of state.lines) held.set(sku, (held.get(sku) ?? 0) + quantity);
  }
  return [...shelf].flatMap(([sku, { available: initial }]) => {
    const left = available.get(sku) ?? 0;
    const accounted = left + (held.get(sku) ?? 0);
    return [
      ...(left >= 0 ? [] : [`P1 ${sku} is at ${left}`]),
      ...(initial === accounted ? [] : [`P1 ${sku}: ${initial} != ${left} + ${held.get(sku)}`]),
    ];
  });
}

/**
 * P2: at most one capture. The money kept is the total of a confirmed order, and 0 for any other, unless a person has
 * settled what the provider refused to give back.
 */
export function moneyViolations(
  { state }: Row,
  payment: Row | undefined,
  { captures, keptMinor }: Tallies,
  is: string,
): readonly string[] {
  const isSettledByHand = payment?.state.status === 'RESOLVED';
  const due = isSettledByHand
    ? undefined
    : { CONFIRMED: state.totalMinor, CANCELLED: 0 }[String(state.status)];
  return [
    ...(captures <= 1 ? [] : [`P2 ${captures} captures: ${is}`]),
    ...(due === undefined || keptMinor === due ? [] : [`P2 total ${due}: ${is}`]),
  ];
}

export const tallyOf = ({ ledger }: StockAndMoney, orderId: string): Tallies =>
  ledger[orderId] ?? { captures: 0, keptMinor: 0 };
