import { type Books, type Extent, readBooks } from './books.ts';
import type { World } from './world.ts';

/** The promises that can be read from the books, each violation in one line. */
export function violationsOf(books: Books, { shelf }: Pick<World, 'shelf'>): string[] {
  const violations: string[] = [];
  const check = (holds: boolean, violation: string) => {
    if (!holds) violations.push(violation);
  };
  const held = new Map<string, number>();
  for (const { state } of books.reservations.values()) {
    if (state.status !== 'RESERVED') continue;
    for (const { sku, quantity } of state.lines) held.set(sku, (held.get(sku) ?? 0) + quantity);
  }
  for (const [sku, { available: initial }] of shelf) {
    const available = books.available.get(sku) ?? 0;
    check(available >= 0, `P1 ${sku} is at ${available}`);
    check(
      initial === available + (held.get(sku) ?? 0),
      `P1 ${sku}: ${initial} != ${available} + ${held.get(sku)}`,
    );
  }
  for (const [orderId, { state }] of books.orders) {
    const reservation = books.reservations.get(orderId)?.state.status ?? 'NONE';
    const payment = books.payments.get(orderId)?.state.status ?? 'NONE';
    const { captures, keptMinor } = books.ledger[orderId] ?? { captures: 0, keptMinor: 0 };
    const is = `${orderId} ${state.status} reservation ${reservation} payment ${payment} kept ${keptMinor}`;
    check(captures <= 1, `P2 ${captures} captures: ${is}`);
    if (state.status === 'CONFIRMED') {
      check(keptMinor === state.totalMinor, `P2 total ${state.totalMinor}: ${is}`);
      check(reservation === 'RESERVED' && payment === 'CAPTURED', `P4 ${is}`);
    } else if (state.status === 'CANCELLED') {
      check(keptMinor === 0, `P2 ${is}`);
      check(['NONE', 'REJECTED', 'RELEASED'].includes(reservation), `P4 ${is}`);
      check(['NONE', 'DECLINED', 'VOIDED', 'REFUNDED'].includes(payment), `P4 ${is}`);
    } else violations.push(`P3 not ended: ${is}`);
  }
  for (const orderId of [
    ...books.reservations.keys(),
    ...books.payments.keys(),
    ...Object.keys(books.ledger),
  ]) {
    check(books.orders.has(orderId), `orphan: ${orderId} is not an order`);
  }
  return violations;
}

export interface Audit {
  readonly violations: readonly string[];
  readonly statuses: Readonly<Record<string, number>>;
  readonly keptMinor: number;
  readonly confirmedMinor: number;
  readonly parked: number;
  readonly orders: Books['orders'];
}

/**
 * Waits until nothing is under way any more (or the time is over) and judges what is left. An order that
 * has not ended by then is a violation like any other.
 */
export async function audit(
  world: World,
  { timeoutMs = 30_000, extent }: { timeoutMs?: number; extent?: Extent } = {},
): Promise<Audit> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    const books = await readBooks(world, extent);
    const open = [...books.orders.values()].filter(
      ({ status }) => status !== 'CONFIRMED' && status !== 'CANCELLED',
    );
    if ((open.length === 0 && books.waiting === 0) || performance.now() > deadline)
      return judge(books, world);
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
}

function judge(books: Books, world: World): Audit {
  const rows = [...books.orders.values()];
  const statuses: Record<string, number> = {};
  for (const { status } of rows) statuses[status] = (statuses[status] ?? 0) + 1;
  const confirmed = rows.filter(({ status }) => status === 'CONFIRMED');
  return {
    violations: violationsOf(books, world),
    statuses,
    keptMinor: Object.values(books.ledger).reduce((sum, { keptMinor }) => sum + keptMinor, 0),
    confirmedMinor: confirmed.reduce((sum, { state }) => sum + state.totalMinor, 0),
    parked: books.parked,
    orders: books.orders,
  };
}
