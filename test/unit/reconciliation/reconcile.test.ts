import { expect, test, vi } from 'vitest';
import { reconciling } from '../../../functions/reconciliation/reconcile.ts';
import { orderIdOf } from '../../support/facts.ts';
import { BEGIN_MS, ShopAtRest } from '../../support/reconciliation/shop-at-rest.ts';

const from = new Date(BEGIN_MS - 1_000).toISOString();

/** Runs the function, which has so much time left at each page, and reads its log. */
async function invoke(shop: ShopAtRest, leftMs = 900_000) {
  const { books, ...sides } = shop.sides;
  const lines: string[] = [];
  const stdout = vi.spyOn(process.stdout, 'write').mockImplementation((text) => lines.push(String(text)) > 0);
  try {
    const run = reconciling(async () => books, sides);
    const report = await run(
      { from, to: new Date(shop.clock.nowMs).toISOString() },
      { getRemainingTimeInMillis: () => leftMs },
    );
    return { report, log: lines.map((line) => JSON.parse(line)) };
  } finally {
    stdout.mockRestore();
  }
}

test('each finding is a line of the log, and the last line counts what has to be looked at', async () => {
  const shop = new ShopAtRest();
  shop.charged(orderIdOf(1));
  const { intentId } = shop.confirmed(2);
  shop.clock.advance(60_000);
  shop.provider.refund(intentId, 100);
  shop.order(orderIdOf(3), { status: 'PENDING', answered: [] });
  shop.rest();
  const { log, report } = await invoke(shop);
  expect(log).toMatchObject([
    { level: 'info', message: 'reconciliation: information', code: 'GIVEN_BACK_AFTER_CONFIRMED' },
    {
      level: 'error',
      message: 'reconciliation: disagreement',
      code: 'MONEY_WITHOUT_ORDER',
      orderId: orderIdOf(1),
    },
    { level: 'warn', message: 'reconciliation: stuck', code: 'STUCK', orderId: orderIdOf(3) },
    {
      level: 'error',
      message: 'reconciled',
      compared: 3,
      stuck: 1,
      disagreements: 1,
      information: 1,
      toLookAt: 2,
    },
  ]);
  expect(report).toMatchObject({ isFinished: true, from });
});

test('a window that is not read to its end has to be looked at, and its cursor is in the log', async () => {
  const shop = new ShopAtRest();
  shop.confirmed(1);
  shop.rest();
  const { log, report } = await invoke(shop, 59_000);
  expect(log).toMatchObject([
    { message: 'reconciled', level: 'error', toLookAt: 1, cursor: { source: 'order' } },
  ]);
  expect(report).toMatchObject({ isFinished: false, cursor: { source: 'order' } });
});
