import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { audit } from '../support/saga/audit.ts';
import { type Client, inParallel } from '../support/saga/client.ts';
import { startWorld, type World } from '../support/saga/world.ts';

let world: World;
let alice: Client;

beforeAll(async () => {
  world = await startWorld();
  alice = await world.customer('alice');
  for (const [sku, available, unitPriceMinor] of [
    ['mug', 1000, 1290],
    ['pot', 1000, 5490],
    ['rare', 1, 18_900],
  ] as const) {
    await world.stock({ sku, available, unitPriceMinor });
  }
});
afterAll(() => world?.end());

const mugs = (quantity = 2) => [{ sku: 'mug', quantity }];
const availableOf = async (sku: string) =>
  (await world.operator.expect(200, 'GET', `/stock/${sku}`)).available;

describe('the saga', () => {
  test('a paid order is confirmed, at the prices of the catalogue, with its stock held and its money kept', async () => {
    const before = await availableOf('mug');
    const orderId = await alice.place([...mugs(), { sku: 'pot', quantity: 1 }]);
    const order = await alice.until(orderId);
    expect(order).toMatchObject({ status: 'CONFIRMED', totalMinor: 2 * 1290 + 5490, currency: 'EUR' });
    expect(await availableOf('mug')).toBe(before - 2);

    const reservation = await alice.expect(200, 'GET', `/orders/${orderId}/reservation`);
    expect(reservation).toMatchObject({ orderId, status: 'RESERVED', totalMinor: 8070 });
    const payment = await alice.expect(200, 'GET', `/orders/${orderId}/payment`);
    expect(payment).toMatchObject({ orderId, status: 'CAPTURED', amountMinor: 8070 });
    expect(payment.history.map(({ status }: { status: string }) => status)).toEqual(['CHARGING', 'CAPTURED']);
  });

  test('an order that is out of stock is cancelled and names the SKUs; nothing of it is reserved', async () => {
    const before = await availableOf('mug');
    const orderId = await alice.place([...mugs(), { sku: 'rare', quantity: 2 }]);
    expect(await alice.until(orderId)).toMatchObject({
      status: 'CANCELLED',
      reason: { code: 'OUT_OF_STOCK', skus: ['rare'] },
    });
    expect(await availableOf('mug')).toBe(before);
  });

  test('a declined payment releases the stock and cancels the order with the decline', async () => {
    const before = await availableOf('mug');
    const orderId = await alice.place(mugs(), 'pm_card_chargeDeclinedInsufficientFunds');
    expect(await alice.until(orderId)).toMatchObject({
      status: 'CANCELLED',
      reason: { code: 'PAYMENT_DECLINED', decline: { declineCode: 'insufficient_funds' } },
    });
    expect(await availableOf('mug')).toBe(before);
  });

  test('a payment method that Stripe does not know is a decline, not an endless retry', async () => {
    const orderId = await alice.place(mugs(), 'pm_nobody_knows');
    expect(await alice.until(orderId)).toMatchObject({
      status: 'CANCELLED',
      reason: { code: 'PAYMENT_DECLINED' },
    });
  });

  test('the customer cancels while the order is pending: everything is undone', async () => {
    await sandbox({ latencyMs: 1_000 });
    try {
      const before = await availableOf('mug');
      const orderId = await alice.place(mugs());
      await alice.until(orderId, () => true);
      expect(await alice.expect(202, 'POST', `/orders/${orderId}/cancel`)).toMatchObject({
        status: 'CANCELLING',
      });
      expect(await alice.until(orderId)).toMatchObject({ status: 'CANCELLED', reason: { code: 'CUSTOMER' } });
      expect(await availableOf('mug')).toBe(before);
      expect((await alice.call('POST', `/orders/${orderId}/cancel`)).status).toBe(202);
    } finally {
      await sandbox({ latencyMs: 0 });
    }
  });

  test('an order that is confirmed can no longer be cancelled: 409', async () => {
    const orderId = await alice.place(mugs());
    await alice.until(orderId);
    const reply = await alice.call('POST', `/orders/${orderId}/cancel`);
    expect(reply.status).toBe(409);
    expect(reply.headers.get('content-type')).toBe('application/problem+json');
  });
});

async function sandbox(settings: object): Promise<void> {
  const reply = await fetch(`${world.system.urls.payments}/sandbox/settings`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(settings),
  });
  expect(reply.status).toBeLessThan(300);
}

describe('load', () => {
  test('500 orders, 32 at a time over 10 SKUs, a tenth declined: all end, and the books balance', async () => {
    for (let sku = 0; sku < 10; sku += 1) {
      await world.stock({ sku: `load-${sku}`, available: 10_000, unitPriceMinor: 100 + sku });
    }
    const numbers = Array.from({ length: 500 }, (_, index) => index);
    const ids = await inParallel(numbers, 32, (index) =>
      alice.place(
        [
          { sku: `load-${index % 10}`, quantity: 1 + (index % 3) },
          { sku: `load-${(index + 3) % 10}`, quantity: 1 },
        ],
        index % 10 === 9 ? 'pm_card_chargeDeclined' : 'pm_card_visa',
      ),
    );
    const result = await audit(world);
    expect(result.violations).toEqual([]);
    expect(result.deadLetters).toBe(0);
    expect(result.keptMinor).toBe(result.confirmedMinor);
    const confirmed = ids.filter((id) => result.orders.get(id)?.status === 'CONFIRMED');
    expect(confirmed).toHaveLength(450);
  });
});
