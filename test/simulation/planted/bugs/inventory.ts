import type { Decision } from '../../../../engine/saga/decision.ts';
import type { Line } from '../../../../functions/events.ts';
import type { CustomerId } from '../../../../functions/ids.ts';
import type { Catalogue, decide, Reservation, StockLevel } from '../../../../functions/inventory/decide.ts';
import type { EventData, Fact } from '../../../../functions/shop.ts';
import { bugsIn } from '../planter/bug.ts';

type Decide = typeof decide;
type Decided = Decision<Reservation, never, Fact>;
type Reserve = (placed: EventData<'order.placed'>, catalogue: Catalogue) => Decided;
type Release = (held: Reservation | undefined, whose: { readonly customerId: CustomerId }) => Decided;
type Lines = readonly { readonly line: Line; readonly level: StockLevel }[];

/** What is held for an order, and what is given back. */
export const inventoryBugs = bugsIn('functions/inventory/decide.ts', [
  {
    name: 'reservation not recognised as a repeat',
    in: 'decide',
    plant:
      (original: Decide): Decide =>
      (held, fact, catalogue) =>
        original(fact.type === 'order.placed' ? undefined : held, fact, catalogue),
  },
  {
    name: 'tombstone of a release ignored',
    in: 'decide',
    plant:
      (original: Decide): Decide =>
      (held, fact, catalogue) => {
        const isLate = fact.type === 'order.placed' && held?.status === 'RELEASED';
        return original(isLate ? undefined : held, fact, catalogue);
      },
  },
  {
    name: 'a decline releases nothing',
    in: 'decide',
    plant:
      (original: Decide): Decide =>
      (held, fact, catalogue) =>
        fact.type === 'payment.declined'
          ? { kind: 'ignore', reason: 'declined' }
          : original(held, fact, catalogue),
  },
  {
    name: 'released twice',
    in: 'release',
    plant:
      (original: Release): Release =>
      (held, whose) =>
        original(
          held?.status === 'RELEASED' ? ({ ...held, status: 'RESERVED' } as Reservation) : held,
          whose,
        ),
  },
  {
    name: 'no tombstone where there is nothing to release',
    in: 'release',
    plant:
      (original: Release): Release =>
      (held, whose) =>
        held === undefined ? { kind: 'ignore', reason: 'nothing to release' } : original(held, whose),
  },
  {
    name: 'what was refused for want of stock rejected for good, though nothing is released',
    in: 'release',
    plant:
      (original: Release): Release =>
      (held, whose) =>
        original(held?.status === 'REJECTED' ? undefined : held, whose),
  },
  {
    name: 'a release gives nothing back',
    in: 'release',
    at: { member: 'delta' },
    plant: () => 0,
  },
  {
    name: 'stock given back twice as much',
    in: 'release',
    at: { member: 'delta' },
    plant: (quantity: number) => 2 * quantity,
  },
  {
    name: 'reserved although there is too little',
    in: 'reserve',
    plant:
      (original: Reserve): Reserve =>
      (placed, catalogue) =>
        original(placed, (sku) => {
          const level = catalogue(sku);
          return level && level.available > 0 ? { ...level, available: 1_000_000 } : level;
        }),
  },
  {
    name: 'some of the lines reserved',
    in: 'reserve',
    plant:
      (original: Reserve): Reserve =>
      (placed, catalogue) => {
        const decided = original(placed, catalogue);
        if (decided.kind !== 'accept' || decided.adjusts === undefined) return decided;
        return { ...decided, adjusts: decided.adjusts.slice(0, 1) };
      },
  },
  {
    name: 'one SKU’s condition stands for another one’s',
    in: 'reserve',
    plant:
      (original: Reserve): Reserve =>
      (placed, catalogue) => {
        const decided = original(placed, catalogue);
        const [first] = (decided.kind === 'accept' && decided.adjusts) || [];
        if (decided.kind !== 'accept' || first === undefined) return decided;
        return { ...decided, adjusts: decided.adjusts?.map((each) => ({ ...each, key: first.key })) ?? [] };
      },
  },
  {
    name: 'a price not held against the catalogue',
    in: 'reserve',
    at: { member: 'relyingOn' },
    plant: () => ({}),
  },
  {
    name: 'a currency not held against the catalogue',
    in: 'reserve',
    at: { member: 'relyingOn' },
    plant: ({ unitPriceMinor }: { readonly unitPriceMinor: number }) => ({ unitPriceMinor }),
  },
  {
    name: 'total off by one line',
    in: 'reserve.totalMinor',
    plant: (_: number, { lines }: { readonly lines: Lines }) =>
      lines.slice(0, 2).reduce((sum, { line, level }) => sum + line.quantity * level.unitPriceMinor, 0),
  },
  {
    name: 'quantity left out of the total',
    in: 'reserve.totalMinor',
    plant: (_: number, { lines }: { readonly lines: Lines }) =>
      lines.reduce((sum, { level }) => sum + level.unitPriceMinor, 0),
  },
  {
    name: 'currencies mixed',
    in: 'reserve.foreign',
    plant: () => [],
  },
  {
    name: 'more charged than can be',
    in: 'reserve',
    at: { use: 'MAX_AMOUNT_MINOR' },
    plant: (original: number) => 100 * original,
  },
  {
    name: 'a rejection blames every SKU',
    in: 'reserve',
    at: { call: 'short.map' },
    plant: (_: () => readonly Line[], { lines }: { readonly lines: Lines }) => lines.map(({ line }) => line),
  },
]);
