import type { Movement } from './effects.ts';
import { type Attempts, type Ledger, noAttempts } from './ledger.ts';

/** The answer of `GET /ledger`, for tests and checkers; Stripe has no such endpoint. Amounts are in minor units. */
interface Totals {
  readonly captures: number;
  /** Those that failed after all do not count, neither here nor in the sums. */
  readonly refunds: number;
  readonly failedRefunds: number;
  readonly capturedMinor: number;
  readonly refundedMinor: number;
  readonly keptMinor: number;
}

export interface OrderReport extends Totals {
  readonly order: string;
  readonly entries: readonly Movement[];
  readonly attempts: Attempts;
}

export interface LedgerReport extends Totals {
  readonly attempts: Attempts;
  readonly ordersCapturedMoreThanOnce: readonly string[];
  readonly orders: Readonly<Record<string, Totals>>;
  readonly withoutOrder: Totals;
}

export function reportOrder(ledger: Ledger, order: string): OrderReport {
  const account = ledger.accounts.get(order);
  const entries = account?.movements ?? [];
  return { order, ...total(entries), attempts: account?.attempts ?? noAttempts, entries };
}

export function reportAll(ledger: Ledger): LedgerReport {
  const attempts = { ...noAttempts };
  const orders: [string, Totals][] = [];
  let movements: Movement[] = [];
  for (const [order, account] of ledger.accounts) {
    for (const kind of Object.keys(attempts) as (keyof Attempts)[]) attempts[kind] += account.attempts[kind];
    if (order === null) movements = account.movements;
    else orders.push([order, total(account.movements)]);
  }
  const withoutOrder = total(movements);
  return {
    ...[withoutOrder, ...orders.map(([, totals]) => totals)].reduce(add),
    attempts,
    ordersCapturedMoreThanOnce: orders.filter(([, { captures }]) => captures > 1).map(([order]) => order),
    orders: Object.fromEntries(orders),
    withoutOrder,
  };
}

function total(movements: readonly Movement[]): Totals {
  const sums = { capture: [0, 0], refund: [0, 0], failed_refund: [0, 0] } satisfies Record<
    Movement['type'],
    [number, number]
  >;
  for (const { type, amountMinor } of movements) {
    sums[type][0] += 1;
    sums[type][1] += amountMinor;
  }
  const [captures, capturedMinor] = sums.capture;
  const [failedRefunds, failedMinor] = sums.failed_refund;
  const refunds = sums.refund[0] - failedRefunds;
  const refundedMinor = sums.refund[1] - failedMinor;
  return {
    captures,
    refunds,
    failedRefunds,
    capturedMinor,
    refundedMinor,
    keptMinor: capturedMinor - refundedMinor,
  };
}

function add(left: Totals, right: Totals): Totals {
  return {
    captures: left.captures + right.captures,
    refunds: left.refunds + right.refunds,
    failedRefunds: left.failedRefunds + right.failedRefunds,
    capturedMinor: left.capturedMinor + right.capturedMinor,
    refundedMinor: left.refundedMinor + right.refundedMinor,
    keptMinor: left.keptMinor + right.keptMinor,
  };
}
