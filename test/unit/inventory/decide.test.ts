import { describe, expect, test } from 'vitest';
import { type Catalogue, decide, type Reservation } from '../../../functions/inventory/decide.ts';
import { reservations } from '../../../functions/inventory/table.ts';
import type { Fact } from '../../../functions/shop.ts';
import { cellsOf, expectUsable, gapsIn, inWords, statusesOf } from '../../support/decision-table.ts';
import { customerId, facts, items, knownTypes, pricedItems, sku } from '../../support/facts.ts';

const states = {
  nothing: undefined,
  RESERVED: { customerId, status: 'RESERVED', lines: pricedItems, totalMinor: 3_500, currency: 'EUR' },
  REJECTED: {
    customerId,
    status: 'REJECTED',
    rejection: { code: 'OUT_OF_STOCK', skus: [sku('mug')] },
  },
  RELEASED: { customerId, status: 'RELEASED', lines: items },
} as const satisfies Record<string, Reservation | undefined>;

const catalogue =
  (available: number): Catalogue =>
  (wanted) => {
    const unitPriceMinor = pricedItems.find(({ sku }) => sku === wanted)?.unitPriceMinor;
    return unitPriceMinor === undefined ? undefined : { available, unitPriceMinor, currency: 'EUR' };
  };

const table = `
                       | nothing                               | RESERVED                              | REJECTED                  | RELEASED
order.placed           | RESERVED » stock.reserved (mug-2 pen-1) | repeat                              | repeat                    | repeat
order.placed, no stock | REJECTED » stock.rejected             | repeat                                | repeat                    | repeat
payment.declined       | RELEASED » stock.released             | RELEASED » stock.released (mug+2 pen+1) | repeat                  | repeat
order.cancelling       | RELEASED » stock.released             | RELEASED » stock.released (mug+2 pen+1) | repeat                  | repeat
stock.reserved         | refuse                                | refuse                                | refuse                    | refuse
stock.rejected         | ignore                                | ignore                                | ignore                    | ignore
stock.released         | refuse                                | refuse                                | refuse                    | refuse
payment.captured       | refuse                                | refuse                                | refuse                    | refuse
payment.voided         | refuse                                | refuse                                | refuse                    | refuse
payment.refunded       | refuse                                | refuse                                | refuse                    | refuse
payment.challenged     | refuse                                | refuse                                | refuse                    | refuse
payment.unrefundable   | refuse                                | refuse                                | refuse                    | refuse
payment.resolved       | refuse                                | refuse                                | refuse                    | refuse
order.confirmed        | refuse                                | refuse                                | refuse                    | refuse
order.cancelled        | refuse                                | refuse                                | refuse                    | refuse
`;

const NO_STOCK = 'order.placed, no stock';
const cells = cellsOf(table);

const decisionOf = (row: string, column: string) =>
  decide(
    states[column as keyof typeof states],
    facts[(row === NO_STOCK ? 'order.placed' : row) as keyof typeof facts] as Fact,
    catalogue(row === NO_STOCK ? 1 : 100),
  );

describe('inventory answers every event in every state', () => {
  test.each(cells)('$row when $column: $says', ({ row, column, says }) => {
    expect(inWords(decisionOf(row, column), ({ status }) => status)).toBe(says);
  });

  test('the table has every event type and every state, each once', () => {
    expect(gapsIn(cells, [...knownTypes, NO_STOCK], Object.keys(states))).toEqual([]);
    expect(Object.keys(states).toSorted()).toEqual(
      ['nothing', ...statusesOf(reservations.schema)].toSorted(),
    );
  });

  test('every state it accepts can be stored, and everything it says can be read', () => {
    expectUsable(cells, decisionOf, reservations);
  });
});
