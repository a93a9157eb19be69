import { describe, expect, test } from 'vitest';
import { StoreUnavailableError } from '../../../engine/batch/store.ts';
import type { Finding } from '../../../functions/reconciliation/compare.ts';
import { type Report, reconcile } from '../../../functions/reconciliation/run.ts';
import type { Window } from '../../../functions/reconciliation/window.ts';
import { customerId, orderIdOf, pricedItems } from '../../support/facts.ts';
import { PRICE, ShopAtRest } from '../../support/reconciliation/shop-at-rest.ts';

/** Goal: each order of a window is compared once, from whichever side it is known, however often a run stops. */
async function run(shop: ShopAtRest, window: Window = shop.window, isOver = () => false) {
  const told: Finding[] = [];
  const report = await reconcile(shop.sides, window, { isOver, tell: (finding) => told.push(finding) });
  return { report, codes: told.map(({ code, orderId }) => `${code} ${orderId}`) };
}

function shopWith(confirmed: number, refunded = 0): ShopAtRest {
  const shop = new ShopAtRest();
  for (let number = 0; number < confirmed; number += 1) shop.confirmed(number);
  for (let number = 0; number < refunded; number += 1) shop.refunded(confirmed + number);
  return shop;
}

test('a shop that has kept its promises has nothing to tell', async () => {
  const shop = shopWith(3, 2);
  shop.rest();
  const { report, codes } = await run(shop);
  expect(codes).toEqual([]);
  expect(report).toMatchObject({ compared: 5, open: 0, stuck: 0, disagreements: 0, isFinished: true });
});

describe('what only one side knows of is found:', () => {
  test.each<[string, (shop: ShopAtRest) => void, readonly string[]]>([
    [
      'an order',
      (shop) => shop.order(orderIdOf(9), { status: 'CONFIRMED', totalMinor: 1, currency: 'EUR' }),
      [`CONFIRMED_UNPAID ${orderIdOf(9)}`, `CONFIRMED_STOCK_NOT_HELD ${orderIdOf(9)}`],
    ],
    [
      'a reservation',
      (shop) =>
        shop.reservation(orderIdOf(9), {
          customerId,
          status: 'RESERVED',
          lines: pricedItems,
          totalMinor: 3_500,
          currency: 'EUR',
        }),
      [`STOCK_WITHOUT_ORDER ${orderIdOf(9)}`],
    ],
    [
      'a payment',
      (shop) => shop.payment(orderIdOf(9), { status: 'CAPTURED', paymentIntentId: 'pi_99' }),
      [`PAYMENT_STATUS_DIFFERS ${orderIdOf(9)}`],
    ],
    ['a charge', (shop) => shop.charged(orderIdOf(9)), [`MONEY_WITHOUT_ORDER ${orderIdOf(9)}`]],
    ['a charge that names no order', (shop) => shop.charged(''), ['MONEY_WITHOUT_ORDER ']],
    [
      'an item that is no record',
      (shop) => shop.tables.inventory.items.set('SKU#mug', { pk: 'SKU#mug', available: 1 }),
      [],
    ],
    [
      'a record that nobody can read',
      (shop) => shop.tables.payment.items.set(orderIdOf(9), { pk: orderIdOf(9), record: '{' }),
      [`UNREADABLE_RECORD ${orderIdOf(9)}`],
    ],
  ])('%s', async (_, plant, expected) => {
    const shop = shopWith(2);
    plant(shop);
    shop.rest();
    expect((await run(shop)).codes).toEqual(expected);
  });
});

test('a refund that failed after it had succeeded is found', async () => {
  const shop = new ShopAtRest();
  const orderId = orderIdOf(1);
  const paymentIntentId = shop.charged(orderId);
  const soon = { afterMs: 1_000, status: 'failed' } as const;
  const { id: refundId } = shop.provider.refund(paymentIntentId, undefined, 'pending', soon);
  shop.order(orderId, { status: 'CANCELLED', reason: { code: 'CUSTOMER' } });
  shop.payment(orderId, { status: 'REFUNDED', paymentIntentId, refundId });
  shop.rest();
  expect((await run(shop)).codes).toEqual([`CANCELLED_MONEY_KEPT ${orderId}`]);
});

test('two charges of one order are one finding, also where they are on two pages', async () => {
  const shop = shopWith(1);
  for (let number = 1; number < 150; number += 1) shop.confirmed(number);
  shop.charged(orderIdOf(0));
  shop.rest();
  const { report, codes } = await run(shop);
  expect(codes).toEqual([`CHARGED_TWICE ${orderIdOf(0)}`]);
  expect(report).toMatchObject({ compared: 150, disagreements: 1 });
});

test('what two pages tell of one order is told once', async () => {
  const shop = new ShopAtRest();
  shop.charged('twice');
  for (let number = 0; number < 120; number += 1) shop.confirmed(number);
  shop.charged('twice');
  shop.rest();
  const { report, codes } = await run(shop);
  expect(codes).toEqual(['MONEY_WITHOUT_ORDER twice']);
  expect(report).toMatchObject({ compared: 121, disagreements: 1 });
});

test('an order that the provider’s list has led to is not looked at again', async () => {
  const shop = shopWith(2);
  shop.tables.inventory.items.set('SKU#mug', { pk: 'SKU#mug', available: 1 });
  shop.rest();
  const { report } = await run(shop);
  expect(report.compared).toBe(2);
  expect(shop.tables.order.reads.filter((keys) => keys.length > 0)).toHaveLength(1);
});

test('a step that is repeated does not make an order younger', async () => {
  const shop = new ShopAtRest();
  shop.order(orderIdOf(1), { status: 'PENDING', answered: [] });
  shop.rest();
  shop.order(orderIdOf(1), { status: 'PENDING', answered: ['x'] });
  expect((await run(shop)).report).toMatchObject({ open: 0, stuck: 1 });
  shop.order(orderIdOf(1), {
    status: 'CANCELLING',
    reason: { code: 'X' },
    failure: 'order.cancelling',
    answered: [],
  });
  expect((await run(shop, { ...shop.window, toMs: shop.window.toMs + 1 })).report).toMatchObject({
    open: 1,
    stuck: 0,
  });
});

test('a window begins at its first second and ends before its last', async () => {
  const shop = new ShopAtRest();
  const firstMs = shop.clock.nowMs;
  shop.charged('before');
  shop.clock.advance(10_000);
  shop.charged('inside');
  shop.order(orderIdOf(1), { status: 'CONFIRMED', totalMinor: 1, currency: 'EUR' });
  shop.clock.advance(10_000);
  shop.charged('after');
  shop.order(orderIdOf(2), { status: 'CONFIRMED', totalMinor: 1, currency: 'EUR' });
  shop.rest();
  const window = { ...shop.window, fromMs: firstMs + 10_000, toMs: firstMs + 20_000 };
  const { report } = await run(shop, window);
  expect(new Set(report.findings.map(({ orderId }) => orderId))).toEqual(new Set(['inside', orderIdOf(1)]));
});

test('an intent of another day is asked for by the name that the payment has for it', async () => {
  const shop = new ShopAtRest();
  const orderId = orderIdOf(1);
  const paymentIntentId = shop.charged(orderId);
  shop.clock.advance(60_000);
  shop.order(orderId, { status: 'CONFIRMED', totalMinor: PRICE.amountMinor, currency: 'EUR' });
  shop.payment(orderId, { status: 'CAPTURED', paymentIntentId });
  shop.rest();
  const window = { ...shop.window, fromMs: shop.window.fromMs + 3_600_000 + 30_000 };
  expect((await run(shop, window)).codes).toEqual([`CONFIRMED_STOCK_NOT_HELD ${orderId}`]);
});

describe('a run that has no time left', () => {
  /** Goes on until the end, and reads one page each time. */
  async function inTurns(shop: ShopAtRest): Promise<readonly Report[]> {
    const reports: Report[] = [];
    let { window }: { window: Window } = shop;
    for (let turn = 0; turn < 50; turn += 1) {
      const { report } = await run(shop, window, () => true);
      reports.push(report);
      if (report.cursor === undefined) return reports;
      // As it comes back from a log.
      window = { ...window, cursor: JSON.parse(JSON.stringify(report.cursor)) };
    }
    throw new Error('the runs do not end');
  }

  test('says where the next one goes on, which finds the rest', async () => {
    const shop = shopWith(230);
    shop.charged('lost');
    shop.order(orderIdOf(999), { status: 'CONFIRMED', totalMinor: 1, currency: 'EUR' });
    shop.rest();
    const reports = await inTurns(shop);
    expect(reports.length).toBeGreaterThan(9);
    expect(reports.slice(0, -1).map(({ isFinished }) => isFinished)).not.toContain(true);
    expect(reports.at(-1)?.isFinished).toBe(true);
    const found = new Set(reports.flatMap(({ findings }) => findings.map(({ orderId }) => orderId)));
    expect(found).toEqual(new Set(['lost', orderIdOf(999)]));
  });

  test('reads no further page, and misses nothing of those that it has read', async () => {
    const shop = shopWith(150);
    shop.rest();
    const answers = [false, true];
    const { report } = await run(shop, shop.window, () => answers.shift() ?? true);
    expect(report).toMatchObject({ compared: 150, isFinished: false, cursor: { source: 'order' } });
  });
});

test('a side that does not answer ends the run, which says how far it came', async () => {
  const shop = shopWith(150);
  shop.rest();
  let reads = 0;
  shop.tables.payment.beforeRead = () => {
    reads += 1;
    if (reads > 1) throw new StoreUnavailableError('the table is down');
  };
  await expect(run(shop)).rejects.toThrow(
    /^stopped at \{"source":"provider","after":"pi_\d+"\}: the table is down$/,
  );
});

test('of many findings the report keeps a hundred, and counts and tells all', async () => {
  const shop = new ShopAtRest();
  for (let number = 0; number < 120; number += 1) shop.charged(`lost-${number}`);
  shop.rest();
  const { report, codes } = await run(shop);
  expect([codes.length, report.disagreements, report.findings.length]).toEqual([120, 120, 100]);
});

test('it writes nothing', async () => {
  const shop = shopWith(20, 20);
  shop.rest();
  await run(shop);
  for (const table of Object.values(shop.tables)) expect(table.writes).toEqual([]);
});
