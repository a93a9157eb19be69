import { describe, expect, test } from 'vitest';
import { availabilityOf } from '../../../functions/inventory/availability.ts';
import { decide, mostOf } from '../../../functions/inventory/decide.ts';
import { stockLimitsIn } from '../../../functions/inventory/limits.ts';
import { customerId, line, paymentMethod } from '../../support/facts.ts';

const decisionOn = (
  quantity: number,
  available: number,
  limits = stockLimitsIn({ MAX_STOCK_SHARE: '50%' }),
) =>
  decide(
    undefined,
    { type: 'order.placed', data: { customerId, items: [line('mug', quantity)], paymentMethod } },
    () => ({ available, unitPriceMinor: 100, currency: 'EUR' }),
    limits,
  );
const codeOf = (...of: Parameters<typeof decisionOn>): string => {
  const decision = decisionOn(...of);
  if (decision.kind !== 'accept') return decision.kind;
  return decision.state.status === 'REJECTED' ? decision.state.rejection.code : decision.state.status;
};

describe('one order', () => {
  test('takes its share of the shelf at most, and is told so', () => {
    expect(codeOf(250, 500)).toBe('RESERVED');
    expect(codeOf(251, 500)).toBe('QUANTITY_LIMIT');
    expect(codeOf(500, 500)).toBe('QUANTITY_LIMIT');
    expect(decisionOn(500, 500)).toMatchObject({
      says: [{ type: 'stock.rejected', data: { code: 'QUANTITY_LIMIT', skus: ['mug'] } }],
    });
    expect(decisionOn(500, 500)).not.toHaveProperty('adjusts');
  });

  test('may be usual, whatever share that is: somebody gets the last ones', () => {
    expect(codeOf(1, 1)).toBe('RESERVED');
    expect(codeOf(10, 10)).toBe('RESERVED');
    expect(codeOf(11, 12)).toBe('QUANTITY_LIMIT');
  });

  test('is out of stock where there is too little, share or not', () => {
    expect(codeOf(501, 500)).toBe('OUT_OF_STOCK');
    expect(codeOf(2, 1)).toBe('OUT_OF_STOCK');
  });

  test('takes no more of a SKU than the setting says', () => {
    const limits = stockLimitsIn({ MAX_QUANTITY_PER_LINE: '5' });
    expect(codeOf(5, 500, limits)).toBe('RESERVED');
    expect(codeOf(6, 500, limits)).toBe('QUANTITY_LIMIT');
  });

  test.each([
    [{}],
    [{ MAX_STOCK_SHARE: 'none', MAX_QUANTITY_PER_LINE: 'none' }],
    [{ MAX_STOCK_SHARE: '100%' }],
  ])('takes all there is with %j', (settings) => {
    expect(codeOf(500, 500, stockLimitsIn(settings))).toBe('RESERVED');
    expect(mostOf({ available: 500 }, stockLimitsIn(settings))).toBe(500);
  });
});

test('there is none, little, or enough', () => {
  const seen = [-1, 0, 1, 10, 11].map((available) => availabilityOf(available, 10));
  expect(seen).toEqual(['OUT_OF_STOCK', 'OUT_OF_STOCK', 'LOW', 'LOW', 'IN_STOCK']);
});
