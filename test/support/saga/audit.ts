import { shop } from '../../../functions/shop.ts';
import { type Books, readBooks } from './books.ts';
import { holdingViolations, isUnheard } from './holdings.ts';
import type { Extent } from './records.ts';
import { moneyViolations, stockViolations, tallyOf } from './stock-and-money.ts';
import type { World } from './world.ts';

/** The violations of the promises that the books show, a line each. */
export function violationsOf(books: Books, { shelf }: Pick<World, 'shelf'>): string[] {
  return [
    ...stockViolations(books.records.inventory, books, shelf),
    ...[...books.orders.keys()].flatMap((orderId) => orderViolations(orderId, books)),
    ...[...books.tallies].flatMap(([owner, { counted, open }]) =>
      counted === open ? [] : [`fairness: ${owner} has ${open} open, and the tally counts ${counted}`],
    ),
    ...orphans(books).map((orderId) => `orphan: ${orderId} is not an order`),
  ];
}

function orderViolations(orderId: string, books: Books): readonly string[] {
  const row = books.orders.get(orderId) ?? {};
  const tally = tallyOf(books, orderId);
  const is = `${shop.services
    .map((service) => `${service} ${books.records[service].get(orderId)?.state.status ?? 'NONE'}`)
    .join(' ')} kept ${tally.keptMinor}: ${orderId}`;
  return [
    ...moneyViolations(row, books.records.payment.get(orderId), tally, is),
    ...holdingViolations(orderId, books).map((violation) => `${violation}: ${is}`),
  ];
}

function orphans({ records, orders, ledger }: Books): readonly string[] {
  const known = shop.services.flatMap((service) => [...records[service].keys()]);
  return [...known, ...Object.keys(ledger)].filter((orderId) => !orders.has(orderId));
}

export interface Audit {
  readonly violations: readonly string[];
  readonly statuses: Readonly<Record<string, number>>;
  readonly keptMinor: number;
  readonly confirmedMinor: number;
  readonly deadLetters: number;
  readonly orders: Books['orders'];
}

/**
 * Waits until nothing is under way (or the time is over), then checks the books. An order that has not ended by then is
 * a violation too.
 */
export async function audit(
  world: World,
  { timeoutMs = 30_000, extent }: { timeoutMs?: number; extent?: Extent } = {},
): Promise<Audit> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    const books = await readBooks(world, extent);
    const isOpen = [...books.orders].some(
      ([orderId, { status }]) =>
        (status !== 'CONFIRMED' && status !== 'CANCELLED') || isUnheard(orderId, books),
    );
    if ((!isOpen && books.waiting === 0) || performance.now() > deadline) return judge(books, world);
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
    deadLetters: books.deadLetters,
    orders: books.orders,
  };
}
