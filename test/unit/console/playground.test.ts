import { describe, expect, test } from 'vitest';
import { amountText, moneyText, stockText, worstOf } from '../../../console/playground/figures.ts';
import { compareOpen } from '../../../console/playground/healed.ts';
import { application } from '../../../infra/application.ts';
import { bundleConsole } from '../../../infra/local/console/bundle.ts';
import { PAYMENT_METHODS } from '../../../infra/local/console/controls/customers.ts';
import { testPaymentMethod } from '../../../infra/local/payment-sandbox/payments/test-payment-methods.ts';

/** Goal: the playground says what it knows in signs and words, and is loaded by nobody who does not play. */
test('the playground is in files of its own, which the first page does without', () => {
  const assets = [...bundleConsole(application)];
  const withText = assets.filter(([, { content }]) => content.toString('utf8').includes('Break things'));
  expect(withText.map(([, { isLater }]) => isLater)).toEqual([true]);
  expect(assets.find(([path]) => path === '/playground.css')?.[1]).toMatchObject({
    ...{ isLater: true, type: 'text/css; charset=utf-8' },
  });
});

test('each payment method that is offered is one of the sandbox', () => {
  const unknown = PAYMENT_METHODS.filter(({ name }) => testPaymentMethod(name) === undefined);
  expect(unknown).toEqual([]);
});

describe('the figures', () => {
  test('are amounts of the currency, or of minor units', () => {
    expect([amountText(1290, 'EUR'), amountText(1290, 'JPY'), amountText(1290, undefined)]).toEqual([
      ...['€12.90', '¥1,290', '1290 (minor units)'],
    ]);
  });

  test('are an equation, or say that they are none', () => {
    const row = { sku: 'mug', available: 8, held: 2, verdict: 'holds' } as const;
    expect(stockText({ ...row, initial: 10 })).toBe('10 = 8 + 2');
    expect(stockText({ ...row, initial: 11 })).toBe('11 ≠ 8 + 2');
    expect(stockText(row)).toBe('? = 8 + 2');
    const money = { captured: 300, refunded: 100, confirmed: 200, underWay: 0, byHand: 0, wrong: [] };
    const text = (more: object) => moneyText({ ...money, currency: 'EUR', verdict: 'holds', ...more });
    expect(text({})).toBe('captured €3.00 − refunded €1.00 = confirmed €2.00');
    expect(text({ confirmed: 100, underWay: 70, byHand: 30 })).toBe(
      'captured €3.00 − refunded €1.00 = confirmed €1.00 + under way €0.70 + by people €0.30',
    );
    expect(text({ confirmed: 100 })).toContain('≠');
  });

  test('of all are as bad as the worst of them', () => {
    expect(worstOf([])).toBe('holds');
    expect(worstOf(['holds', 'moves', 'holds'])).toBe('moves');
    expect(worstOf(['moves', 'broken', 'holds'])).toBe('broken');
  });
});

describe('sagas that heal', () => {
  const open = (orderId: string, ageSeconds: number, more: object = {}) => ({ orderId, ageSeconds, ...more });

  test('are those that were open and are no more', () => {
    const first = compareOpen(new Map(), [open('a', 3), open('b', 1)], 10_000);
    expect(first.gone).toEqual([]);
    const then = compareOpen(first.seen, [open('b', 3)], 12_000);
    expect(then.gone).toEqual([{ orderId: 'a', sinceMs: 7_000, wasHurt: false }]);
    expect([...then.seen.keys()]).toEqual(['b']);
    expect(compareOpen(then.seen, [open('b', 5)], 14_000).gone).toEqual([]);
  });

  test('remember that they were hurt, also when they are not any more', () => {
    const hurt = compareOpen(
      new Map(),
      [open('a', 1, { troubles: [{}] }), open('b', 1, { lastError: 'x' })],
      0,
    );
    const better = compareOpen(hurt.seen, [open('a', 3), open('b', 3, { troubles: [] })], 2_000);
    expect(compareOpen(better.seen, [], 4_000).gone).toMatchObject([
      ...[
        { orderId: 'a', wasHurt: true },
        { orderId: 'b', wasHurt: true },
      ],
    ]);
  });
});
