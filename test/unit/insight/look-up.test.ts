import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { type ForeignId, lookingUp } from '../../../engine/insight/look-up.ts';
import { providerIds, type Shelf } from '../../../functions/insight/provider-ids.ts';
import { SandboxUnderTest } from '../../support/payment-sandbox.ts';
import { alice, type Caller, DEADLINE_MS, olga, ShopInMemory } from '../../support/shop-in-memory.ts';
import { threeServices as shop } from '../../support/three-services.ts';

/** Goal: whoever has any id finds the order, or hears why not. */
const silent = vi.spyOn(process.stdout, 'write');
beforeEach(() => {
  silent.mockReturnValue(true);
});
afterEach(() => {
  silent.mockReset();
});

const bookings: ForeignId = { of: 'booking', pattern: /^bk_/, find: async () => undefined };

async function lookUp(
  here: ShopInMemory,
  query: Readonly<Record<string, string>>,
  foreign: readonly ForeignId[] = [bookings],
  caller: Caller = olga,
) {
  const handler = lookingUp(shop, here.views, foreign, {
    now: () => here.nowMs,
    deadlineMs: () => DEADLINE_MS,
  });
  return await here.call(handler, caller, { query });
}

describe('an order is found by', () => {
  test('its own id, an id of an event, and its idempotency key with its customer', async () => {
    const here = new ShopInMemory();
    const orderId = await here.place('pm_card_visa', 'my key');
    for (const [query, foundBy] of [
      [{ id: orderId }, 'id of the order'],
      [{ id: `${orderId}:stock.reserved` }, 'id of the event'],
      [{ idempotencyKey: 'my key', customerId: 'alice' }, 'idempotency key'],
    ] as const) {
      const { status, body } = await lookUp(here, query);
      expect([status, body]).toMatchObject([
        200,
        { orderId, status: 'CONFIRMED', foundBy, timeline: `/orders/${orderId}/timeline` },
      ]);
    }
  });

  test('an id that others gave, if they know of which order it is', async () => {
    const here = new ShopInMemory();
    const orderId = await here.place();
    const { status, body } = await lookUp(here, { id: 'bk_1' }, [{ ...bookings, find: async () => orderId }]);
    expect([status, body]).toMatchObject([200, { orderId, foundBy: 'id of the booking' }]);
  });
});

describe('who has something else hears why', () => {
  test.each([
    [{}, 400, 'Say either id, or idempotencyKey and customerId'],
    [{ idempotencyKey: 'key-1' }, 400, 'Say either'],
    [{ id: 'x', customerId: 'alice' }, 400, 'Say either'],
    [{ id: 'dp_1' }, 422, 'order, event, booking'],
    [{ id: `ord_${'0'.repeat(24)}:no.event` }, 422, 'no id of any'],
    [{ id: `ord_${'0'.repeat(24)}` }, 404, 'there is no such order'],
    [{ id: `ord_${'0'.repeat(24)}:order.placed` }, 404, 'id of the event leads to'],
    [{ idempotencyKey: 'another', customerId: 'alice' }, 404, 'idempotency key leads to ord_'],
    [{ id: 'bk_1' }, 404, 'There is no booking with this id'],
  ])('%o: %i', async (query, status, why) => {
    const here = new ShopInMemory();
    await here.place();
    const answer = await lookUp(here, query as Readonly<Record<string, string>>);
    expect(answer.status).toBe(status);
    expect(answer.body.detail).toContain(why);
  });

  test('an id that is of nothing of ours is 404, and 503 while nobody knows', async () => {
    const here = new ShopInMemory();
    const strange = await lookUp(here, { id: 'bk_1' }, [{ ...bookings, find: async () => 'order 7' }]);
    expect([strange.status, strange.body.detail]).toEqual([404, expect.stringContaining('no order of ours')]);
    const find = () => Promise.reject(new Error('down'));
    expect((await lookUp(here, { id: 'bk_1' }, [{ ...bookings, find }])).status).toBe(503);
  });

  test('only support, auditors and operators may ask', async () => {
    const here = new ShopInMemory();
    const id = await here.place();
    for (const role of ['support', 'auditor', 'operator'])
      expect((await lookUp(here, { id }, [], { principalId: 'sam', role })).status).toBe(200);
    for (const role of ['customer', 'settlements', 'stock', 'dead-letters'])
      expect((await lookUp(here, { id }, [], { ...alice, role })).status).toBe(403);
  });
});

describe('the provider’s ids', () => {
  const sandbox = new SandboxUnderTest();
  beforeAll(() => sandbox.start());
  afterAll(() => sandbox.end());
  const find = async (id: string, connect: () => Promise<Shelf> = async () => sandbox.stripe()) =>
    await providerIds(connect)
      .find(({ pattern }) => pattern.test(id))
      ?.find(id);

  test('of an intent and of its refunds lead to the order, also if a person has made the refund', async () => {
    const stripe = sandbox.stripe();
    const { id: intent } = await stripe.paymentIntents.create({
      ...{ amount: 500, currency: 'eur', payment_method: 'pm_card_visa', metadata: { orderId: 'ord_7' } },
      allowed_payment_method_types: ['card'],
    });
    await stripe.paymentIntents.confirm(intent);
    const own = await stripe.refunds.create({
      ...{ payment_intent: intent, amount: 100, metadata: { orderId: 'ord_7' } },
    });
    const persons = await stripe.refunds.create({ payment_intent: intent, amount: 100 });
    for (const id of [intent, own.id, persons.id]) expect(await find(id)).toBe('ord_7');
  });

  test('that there are not lead nowhere, and an error has none of its words', async () => {
    expect(await find('pi_none')).toBeUndefined();
    expect(await find('re_none')).toBeUndefined();
    expect(await find('cus_1')).toBeUndefined();
    const connect = async (): Promise<Shelf> => {
      throw new Error('no way to Stripe');
    };
    await expect(find('pi_1', connect)).rejects.toThrow('no way to Stripe');
  });
});
