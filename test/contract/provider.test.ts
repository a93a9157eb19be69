import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Provider } from '../../functions/payment/decide.ts';
import type { OrderId } from '../../functions/shop.ts';
import { type ProviderUnderTest, providerKinds } from '../support/contract/providers.ts';
import { line, orderIdOf } from '../support/facts.ts';

/**
 * Goal: the provider in memory, with which the simulation proves that money moves once, does what the sandbox
 * does. Method: the same tests on both, through the product's own calls.
 */
const lines = [{ ...line('mug', 1), unitPriceMinor: 1_290 }];
const amount = { lines, amountMinor: 1_290, currency: 'EUR' };
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

  const prepared = async (orderId: OrderId, request: ReturnType<typeof charge>) => {
    const answer = await tested.provider.prepare(orderId, request);
    if (!('prepared' in answer)) throw new Error(`not prepared but ${JSON.stringify(answer)}`);
    return { ...request, ...answer.prepared };
  };
  /** Prepares a charge and makes it. */
  const ask = async (orderId: OrderId, request: ReturnType<typeof charge>) =>
    tested.provider.call(orderId, await prepared(orderId, request), false);
  const refund = (orderId: OrderId, charged: Charged, again = false) =>
    tested.provider.undo(orderId, captureIn(charged), again);
  const charged = { captures: 1, refunds: 0, keptMinor: 1_290 };
  const refunded = { captures: 1, refunds: 1, keptMinor: 0 };
  const nothing = { captures: 0, refunds: 0, keptMinor: 0 };

  test('moves no money before the charge is made, however often it is prepared', async () => {
    const orderId = newOrder();
    const intents = [await prepared(orderId, charge()), await prepared(orderId, charge())];
    expect(new Set(intents.map(({ paymentIntentId }) => paymentIntentId)).size).toBe(2);
    expect(await tested.ledger(orderId)).toMatchObject(nothing);
  });

  test('charges once, however often it is asked by the same id', async () => {
    const orderId = newOrder();
    const request = await prepared(orderId, charge());
    const done = { done: { paymentIntentId: request.paymentIntentId } };
    expect(await tested.provider.call(orderId, request, false)).toEqual(done);
    await expect(tested.provider.call(orderId, request, false)).rejects.toThrow('unexpected_state');
    for (const unwanted of [false, true])
      expect(await tested.provider.call(orderId, request, true, unwanted)).toEqual(done);
    expect(await tested.ledger(orderId)).toMatchObject(charged);
  });

  test('charges each order by itself', async () => {
    const [one, other] = [newOrder(), newOrder()];
    expect(await ask(one, charge())).not.toEqual(await ask(other, charge()));
    expect(await tested.ledger(one)).toMatchObject(charged);
    expect(await tested.ledger(other)).toMatchObject(charged);
  });

  test('declines for good, with the same answer every time, and keeps nothing', async () => {
    const orderId = newOrder();
    const declineCode = 'generic_decline';
    const decline = { code: 'card_declined', declineCode, message: 'The provider says generic_decline.' };
    const request = await prepared(orderId, charge('pm_card_chargeDeclined'));
    for (const again of [false, true, true])
      expect(await tested.provider.call(orderId, request, again)).toEqual({ refused: { decline } });
    // Whoever confirms it a second time charges nobody, as the intent has no payment method any more.
    await expect(tested.provider.call(orderId, request, false)).rejects.toThrow('unexpected_state');
    expect(await tested.ledger(orderId)).toMatchObject(nothing);
  });

  test('charges nothing once it is cancelled, and cancels nothing that is charged', async () => {
    const orderId = newOrder();
    const request = await prepared(orderId, charge());
    const cancelled = await tested.provider.call(orderId, request, true, true);
    expect(cancelled).toMatchObject({ refused: { decline: { code: 'canceled' } } });
    await expect(tested.provider.call(orderId, request, false)).rejects.toThrow('unexpected_state');
    expect(await tested.provider.call(orderId, request, true)).toEqual(cancelled);
    expect(await tested.ledger(orderId)).toMatchObject(nothing);
  });

  test('that charged and never answered has charged, and answers when it is asked again', async () => {
    const orderId = newOrder();
    const request = await prepared(orderId, charge(tested.methodWith('answer-lost')));
    await expect(tested.provider.call(orderId, request, false)).rejects.toThrow();
    expect(await tested.ledger(orderId)).toMatchObject(charged);
    expect(await tested.provider.call(orderId, request, true)).toHaveProperty('done');
    expect(await tested.ledger(orderId)).toMatchObject(charged);
  });

  test('that was unavailable has done nothing, and does it when it is asked again', async () => {
    const orderId = newOrder();
    const request = await prepared(orderId, charge(tested.methodWith('unavailable')));
    await expect(tested.provider.call(orderId, request, false)).rejects.toThrow();
    expect(await tested.ledger(orderId)).toMatchObject(nothing);
    const again = () => tested.provider.call(orderId, request, true);
    expect(await again().catch(again)).toHaveProperty('done');
    expect(await tested.ledger(orderId)).toMatchObject(charged);
  });

  test('confirms no order with a charge of which a person has given back a part', async () => {
    const orderId = newOrder();
    const request = await prepared(orderId, charge());
    const captured = await tested.provider.call(orderId, request, false);
    await tested.refundPart(orderId, request.paymentIntentId, 1);
    const { paymentIntentId } = request;
    for (const unwanted of [false, true])
      expect(await tested.provider.call(orderId, request, true, unwanted)).toMatchObject({
        revoked: { paymentIntentId },
        refusal: { decline: { code: 'charge_refunded' } },
      });
    expect(await refund(orderId, captured, true)).toHaveProperty('refundId');
    expect(await tested.ledger(orderId)).toMatchObject({ captures: 1, refunds: 2, keptMinor: 0 });
  });

  test('refunds once, and when it is asked again', async () => {
    const orderId = newOrder();
    const captured = await ask(orderId, charge());
    const first = await refund(orderId, captured);
    expect(first).toEqual({ refundId: expect.any(String) });
    await expect(refund(orderId, captured)).rejects.toThrow('charge_already_refunded');
    expect(await refund(orderId, captured, true)).toEqual(first);
    expect(await tested.ledger(orderId)).toMatchObject(refunded);
  });

  test('refunds the rest of what a person has refunded in part', async () => {
    const orderId = newOrder();
    const captured = await ask(orderId, charge());
    await tested.refundPart(orderId, captureIn(captured).paymentIntentId, 100);
    // The first try knows of no other refund, and asks for too much.
    await expect(refund(orderId, captured)).rejects.toThrow();
    expect(await refund(orderId, captured, true)).toHaveProperty('refundId');
    expect(await tested.ledger(orderId)).toMatchObject({ refunds: 2, keptMinor: 0 });
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
