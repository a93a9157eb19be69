import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Provider } from '../../functions/payment/decide.ts';
import type { OrderId } from '../../functions/shop.ts';
import { type ProviderUnderTest, providerKinds } from '../support/contract/providers.ts';
import { orderIdOf } from '../support/facts.ts';

/**
 * Goal: the provider in memory, with which the simulation proves that money moves once, does what the sandbox
 * does. Method: the same tests on both, through the product's own calls.
 */
const amount = { amountMinor: 1_290, currency: 'EUR' };
const charge = (paymentMethod = 'pm_card_visa', change: Partial<typeof amount> = {}) => ({
  ...amount,
  paymentMethod,
  ...change,
});
type Charged = Awaited<ReturnType<Provider['call']>>;
const captureIn = (charged: Charged) => {
  if (!('done' in charged)) throw new Error(`not captured but ${JSON.stringify(charged)}`);
  return { ...amount, ...charged.done };
};

describe.each(providerKinds)('%s', (_name, begin) => {
  let tested: ProviderUnderTest;
  let orders = 0;
  const newOrder = (): OrderId => {
    orders += 1;
    return orderIdOf(orders);
  };
  beforeAll(async () => {
    tested = await begin();
  });
  afterAll(() => tested?.end());

  const ask = (orderId: OrderId, request: ReturnType<typeof charge>, again = false) =>
    tested.provider.call(orderId, request, again);
  const refund = (orderId: OrderId, charged: Charged, again = false) =>
    tested.provider.undo(orderId, captureIn(charged), again);
  const charged = { captures: 1, refunds: 0, keptMinor: 1_290 };
  const refunded = { captures: 1, refunds: 1, keptMinor: 0 };
  const nothing = { captures: 0, refunds: 0, keptMinor: 0 };

  test('charges once, however often it is asked under the same key', async () => {
    const orderId = newOrder();
    const answers = [await ask(orderId, charge()), await ask(orderId, charge())];
    answers.push(await ask(orderId, charge(), true));
    expect(answers).toEqual(Array(3).fill({ done: { paymentIntentId: expect.any(String) } }));
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
    expect(await tested.ledger(orderId)).toMatchObject(charged);
  });

  test('charges each order by itself', async () => {
    const [one, other] = [newOrder(), newOrder()];
    expect(await ask(one, charge())).not.toEqual(await ask(other, charge()));
    expect(await tested.ledger(one)).toMatchObject(charged);
    expect(await tested.ledger(other)).toMatchObject(charged);
  });

  test('refuses a key that comes with another request, and charges no second time', async () => {
    const orderId = newOrder();
    await ask(orderId, charge());
    await expect(ask(orderId, charge('pm_card_visa', { amountMinor: 1_291 }))).rejects.toThrow(/idempoten/i);
    expect(await tested.ledger(orderId)).toMatchObject(charged);
  });

  test('declines for good, with the same answer every time, and keeps nothing', async () => {
    const orderId = newOrder();
    const decline = {
      code: 'card_declined',
      declineCode: 'generic_decline',
      message: 'Your card was declined.',
    };
    const call = charge('pm_card_chargeDeclined');
    for (let time = 0; time < 3; time += 1) {
      expect(await ask(orderId, call)).toEqual({ refused: { decline } });
    }
    await tested.untilSearchable();
    expect(await ask(orderId, call, true)).toEqual({ refused: { decline } });
    expect(await tested.ledger(orderId)).toMatchObject(nothing);
  });

  test('that charged and never answered has charged, and answers when it is asked again', async () => {
    const orderId = newOrder();
    const paymentMethod = tested.methodWith('answer-lost');
    await expect(ask(orderId, charge(paymentMethod))).rejects.toThrow();
    expect(await tested.ledger(orderId)).toMatchObject(charged);
    expect(await ask(orderId, charge(paymentMethod), true)).toHaveProperty('done');
    expect(await tested.ledger(orderId)).toMatchObject(charged);
  });

  test('that was unavailable has done nothing, and does it when it is asked again', async () => {
    const orderId = newOrder();
    const paymentMethod = tested.methodWith('unavailable');
    await expect(ask(orderId, charge(paymentMethod))).rejects.toThrow();
    expect(await tested.ledger(orderId)).toMatchObject(nothing);
    const again = () => ask(orderId, charge(paymentMethod), true);
    expect(await again().catch(again)).toHaveProperty('done');
    expect(await tested.ledger(orderId)).toMatchObject(charged);
  });

  test('finds what was charged by its order, if not at once, and nothing of other orders', async () => {
    const [orderId, other] = [newOrder(), newOrder()];
    const captured = await ask(orderId, charge());
    await ask(other, charge());
    await tested.untilSearchable();
    expect(await tested.search(orderId)).toEqual([captureIn(captured).paymentIntentId]);
    expect(await tested.search(newOrder())).toEqual([]);
  });

  test('refunds once, under its key and when it is asked again', async () => {
    const orderId = newOrder();
    const captured = await ask(orderId, charge());
    const first = await refund(orderId, captured);
    expect(first).toEqual({ refundId: expect.any(String) });
    expect(await refund(orderId, captured)).toEqual(first);
    expect(await refund(orderId, captured, true)).toEqual(first);
    expect(await tested.ledger(orderId)).toMatchObject(refunded);
  });

  test('refunds a part when it is asked for one, and then no more than is left', async () => {
    const orderId = newOrder();
    const captured = await ask(orderId, charge());
    const { amountMinor } = charge();
    await tested.refundPart(orderId, captureIn(captured).paymentIntentId, 1);
    expect(await tested.ledger(orderId)).toMatchObject({ refunds: 1, keptMinor: amountMinor - 1 });
    await expect(
      tested.refundPart(orderId, captureIn(captured).paymentIntentId, amountMinor),
    ).rejects.toThrow();
    expect(await tested.ledger(orderId)).toMatchObject({ refunds: 1, keptMinor: amountMinor - 1 });
  });

  test('refunds no charge that there was not, and none of another order a second time', async () => {
    const [orderId, other] = [newOrder(), newOrder()];
    const unknown = { done: { paymentIntentId: 'pi_unknown' } };
    await expect(refund(orderId, unknown)).rejects.toThrow();
    const captured = await ask(orderId, charge());
    await refund(orderId, captured);
    await expect(refund(other, captured)).rejects.toThrow();
    expect(await tested.ledger(orderId)).toMatchObject(refunded);
  });
});
