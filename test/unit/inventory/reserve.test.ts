import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Line } from '../../../functions/events.ts';
import type { Sku } from '../../../functions/ids.ts';
import { decide, type Reservation, type StockLevel, stockKey } from '../../../functions/inventory/decide.ts';
import { MAX_AMOUNT_MINOR } from '../../../functions/money.ts';
import { anyCustomerId, anyLines } from '../../support/arbitrary-facts.ts';
import { customerId, facts, line, paymentMethod, sku } from '../../support/facts.ts';

type Shelf = ReadonlyMap<Sku, StockLevel>;

const place = (items: readonly Line[], shelf: Shelf, by = customerId) =>
  decide(undefined, { type: 'order.placed', data: { customerId: by, items, paymentMethod } }, (wanted) =>
    shelf.get(wanted),
  );

const shelf = (
  ...levels: readonly (readonly [name: string, available: number, price: number, currency?: string])[]
): Shelf =>
  new Map(
    levels.map(([name, available, unitPriceMinor, currency = 'EUR']) => [
      sku(name),
      { available, unitPriceMinor, currency },
    ]),
  );

/** Lines, and a shelf that holds enough of each at a price that keeps the order chargeable. */
const coveredOrder = anyLines.chain((items) =>
  fc.record({
    customerId: anyCustomerId,
    items: fc.constant(items),
    shelf: fc
      .tuple(
        ...items.map(({ quantity }) =>
          fc.tuple(
            fc.nat(1_000),
            fc.integer({ min: 1, max: Math.floor(MAX_AMOUNT_MINOR / items.length / quantity) }),
          ),
        ),
      )
      .map(
        (rest): Shelf =>
          new Map(
            items.map(({ sku, quantity }, index) => {
              const [spare = 0, unitPriceMinor = 1] = rest[index] ?? [];
              return [sku, { available: quantity + spare, unitPriceMinor, currency: 'EUR' }];
            }),
          ),
      ),
  }),
);

const rejectionOf = (items: readonly Line[], stocked: Shelf) => {
  const decision = place(items, stocked);
  if (decision.kind !== 'accept' || decision.state.status !== 'REJECTED') throw new Error('not rejected');
  expect(decision.adjusts ?? []).toEqual([]);
  expect(decision.says).toEqual([
    { type: 'stock.rejected', data: { customerId: decision.state.customerId, ...decision.state.rejection } },
  ]);
  return decision.state.rejection;
};

describe('a reservation', () => {
  test('costs its quantities times the catalogue’s prices, and says so', () => {
    fc.assert(
      fc.property(coveredOrder, ({ customerId, items, shelf }) => {
        const decision = place(items, shelf, customerId);
        const lines = items.map((each) => ({ ...each, unitPriceMinor: shelf.get(each.sku)?.unitPriceMinor }));
        const totalMinor = lines.reduce(
          (sum, each) => sum + each.quantity * (each.unitPriceMinor ?? Number.NaN),
          0,
        );
        expect(decision).toMatchObject({
          kind: 'accept',
          state: { status: 'RESERVED', customerId, lines, totalMinor, currency: 'EUR' },
          says: [
            {
              type: 'stock.reserved',
              data: { customerId, lines, amountMinor: totalMinor, currency: 'EUR', paymentMethod },
            },
          ],
        });
      }),
    );
  });

  test('takes exactly its lines, relying on the price it was made at', () => {
    fc.assert(
      fc.property(coveredOrder, ({ items, shelf }) => {
        const decision = place(items, shelf);
        expect(decision).toMatchObject({
          adjusts: items.map(({ sku, quantity }) => ({
            key: stockKey(sku),
            attribute: 'available',
            delta: -quantity,
            relyingOn: { unitPriceMinor: shelf.get(sku)?.unitPriceMinor, currency: 'EUR' },
          })),
        });
      }),
    );
  });

  test('gives back exactly what it took when it is released', () => {
    fc.assert(
      fc.property(coveredOrder, ({ customerId, items, shelf }) => {
        const reserved = place(items, shelf, customerId);
        if (reserved.kind !== 'accept') throw new Error('not reserved');
        const released = decide(
          reserved.state,
          { type: 'order.cancelling', data: { customerId, cause: 'CUSTOMER' } },
          () => undefined,
        );
        if (released.kind !== 'accept') throw new Error('not released');
        const deltas = (adjusts = reserved.adjusts) =>
          adjusts?.map(({ key, delta }) => [key, delta] as const);
        expect(deltas(released.adjusts)).toEqual(deltas()?.map(([key, delta]) => [key, -delta]));
        // Giving back relies on no price: nothing may keep a compensation from succeeding.
        expect(released.adjusts?.every(({ relyingOn }) => relyingOn === undefined)).toBe(true);
        expect(released.says).toEqual([{ type: 'stock.released', data: { lines: items } }]);
      }),
    );
  });

  test('takes the last piece, and not one more', () => {
    expect(place([line('mug', 3)], shelf(['mug', 3, 100]))).toMatchObject({ state: { status: 'RESERVED' } });
    expect(rejectionOf([line('mug', 4)], shelf(['mug', 3, 100])).code).toBe('OUT_OF_STOCK');
  });

  test('may cost the largest amount, and not one cent more', () => {
    const most = shelf(['gold', 9, MAX_AMOUNT_MINOR], ['pin', 9, 1]);
    expect(place([line('gold', 1)], most)).toMatchObject({ state: { totalMinor: MAX_AMOUNT_MINOR } });
    expect(rejectionOf([line('gold', 1), line('pin', 1)], most)).toEqual({
      code: 'AMOUNT_TOO_LARGE',
      skus: ['gold', 'pin'],
    });
  });
});

describe('a rejection', () => {
  test('names exactly the SKUs that are short', () => {
    const subset = coveredOrder.chain((order) =>
      fc.record({ order: fc.constant(order), short: fc.subarray([...order.items], { minLength: 1 }) }),
    );
    fc.assert(
      fc.property(subset, ({ order: { items, shelf }, short }) => {
        const emptied = new Map(shelf);
        for (const { sku, quantity } of short) {
          emptied.set(sku, { available: quantity - 1, unitPriceMinor: 1, currency: 'EUR' });
        }
        expect(rejectionOf(items, emptied)).toEqual({
          code: 'OUT_OF_STOCK',
          skus: short.map(({ sku }) => sku),
        });
      }),
    );
  });

  test('names exactly the SKUs that nobody knows, before it looks at anything else', () => {
    expect(rejectionOf([line('mug', 9), line('ghost', 1), line('gone', 1)], shelf(['mug', 1, 100]))).toEqual({
      code: 'UNKNOWN_SKU',
      skus: ['ghost', 'gone'],
    });
  });

  test('names the SKUs whose currency is not the first one’s', () => {
    const mixed = shelf(['mug', 9, 100], ['pen', 9, 100, 'USD'], ['cup', 9, 100], ['hat', 9, 100, 'GBP']);
    expect(rejectionOf([line('mug', 1), line('pen', 1), line('cup', 1), line('hat', 1)], mixed)).toEqual({
      code: 'MIXED_CURRENCIES',
      skus: ['pen', 'hat'],
    });
  });

  test('holds nothing, so what asks for a release hears it again', () => {
    const rejection = rejectionOf([line('mug', 9)], shelf(['mug', 1, 100]));
    const rejected: Reservation = { customerId, status: 'REJECTED', rejection };
    for (const type of ['order.cancelling', 'payment.declined'] as const) {
      expect(decide(rejected, facts[type], () => undefined)).toEqual({ kind: 'repeat' });
    }
  });
});
