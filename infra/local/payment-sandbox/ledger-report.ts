import type { Account, Ledger, Movement } from './ledger.ts';

/** The answer of `GET /ledger`, for tests and checkers; Stripe has no such endpoint. Amounts are in minor units. */
interface Totals {
  readonly captures: number;
  readonly refunds: number;
  readonly capturedMinor: number;
  readonly refundedMinor: number;
  readonly keptMinor: number;
}

export interface OrderReport extends Totals {
  readonly order: string;
  readonly entries: readonly Movement[];
  readonly attempts: Account['attempts'];
}

export interface LedgerReport extends Totals {
  readonly attempts: Account['attempts'];
  readonly ordersCapturedMoreThanOnce: readonly string[];
  readonly orders: Readonly<Record<string, Totals>>;
  readonly withoutOrder: Totals;
}

const noAttempts: Account['attempts'] = { declined: 0, unavailable: 0, refundsLocked: 0, replayed: 0 };

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
    attempts.declined += account.attempts.declined;
    attempts.unavailable += account.attempts.unavailable;
    attempts.refundsLocked += account.attempts.refundsLocked;
    attempts.replayed += account.attempts.replayed;
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
  const captures = movements.filter(({ type }) => type === 'capture');
  const refunds = movements.filter(({ type }) => type === 'refund');
  const capturedMinor = captures.reduce((sum, { amountMinor }) => sum + amountMinor, 0);
  const refundedMinor = refunds.reduce((sum, { amountMinor }) => sum + amountMinor, 0);
  return {
    captures: captures.length,
    refunds: refunds.length,
    capturedMinor,
    refundedMinor,
    keptMinor: capturedMinor - refundedMinor,
  };
}

function add(left: Totals, right: Totals): Totals {
  return {
    captures: left.captures + right.captures,
    refunds: left.refunds + right.refunds,
    capturedMinor: left.capturedMinor + right.capturedMinor,
    refundedMinor: left.refundedMinor + right.refundedMinor,
    keptMinor: left.keptMinor + right.keptMinor,
  };
}
