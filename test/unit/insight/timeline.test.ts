import Stripe from 'stripe';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { timelineReader } from '../../../engine/insight/timeline-reader.ts';
import {
  alice,
  BEGIN_MS,
  type Caller,
  DEADLINE_MS,
  olga,
  ShopInMemory,
} from '../../support/shop-in-memory.ts';
import { unanswered } from '../../support/simulated-stripe.ts';
import { threeServices as shop } from '../../support/three-services.ts';

/**
 * Goal: for each way to be stuck one call says the true reason. Method: the real participants in memory, of which one thing
 * goes wrong.
 */
const iso = (ms: number): string => new Date(ms).toISOString();

async function ask(here: ShopInMemory, orderId: string, caller: Caller = olga) {
  return await here.call(
    timelineReader(shop, here.views, { now: () => here.nowMs, deadlineMs: () => DEADLINE_MS }),
    caller,
    { path: { orderId } },
  );
}

async function timeline(here: ShopInMemory, orderId: string, caller: Caller = olga) {
  const { status, body } = await ask(here, orderId, caller);
  expect(status).toBe(200);
  const of = (name: string) =>
    body.participants.find(({ service }: { readonly service: string }) => service === name);
  return { ...body, of };
}

beforeEach(() => {
  vi.spyOn(process.stdout, 'write').mockReturnValue(true);
});
afterEach(() => {
  vi.restoreAllMocks();
});

test('an order that is paid: what all have done, in the sequence in which it happened, and nothing to wait for', async () => {
  const here = new ShopInMemory();
  const orderId = await here.place();
  const { entries, waitsOn, status, of, ...rest } = await timeline(here, orderId);
  expect(status).toBe('CONFIRMED');
  expect(entries).toEqual(
    [
      ['order', 'PENDING', 'place'],
      ['order', 'CONFIRMED', 'payment.captured'],
      ['inventory', 'RESERVED', 'order.placed'],
      ['payment', 'CHARGING', 'intent.created'],
      ['payment', 'CAPTURED', 'charge.captured'],
    ].map(([service, is, cause]) => ({ at: iso(BEGIN_MS), service, status: is, cause })),
  );
  expect(waitsOn).toEqual([]);
  expect(of('payment')).toEqual({ service: 'payment', status: 'CAPTURED', since: iso(BEGIN_MS) });
  expect(rest.nextNudge).toBeUndefined();
  expect(rest.deadline).toBeUndefined();
});

test('entries of all services are sorted by time', async () => {
  const here = new ShopInMemory();
  here.deaf.add('payment');
  const orderId = await here.place();
  here.deaf.clear();
  here.nowMs += 60_000;
  await here.settle();
  const { entries } = await timeline(here, orderId);
  const times = entries.map(({ at }: { readonly at: string }) => at);
  expect(times).toEqual(times.toSorted());
  expect(entries.at(-1)).not.toMatchObject({ service: 'inventory' });
});

describe('each way to be stuck', () => {
  test('the provider is down: the payment says so, how often it has tried and when it does again', async () => {
    const here = new ShopInMemory();
    here.stripe.before = (call) => void (call === 'confirm' && unanswered());
    const orderId = await here.place();
    await here.retry();
    const { of, waitsOn, status, nextNudge, deadline } = await timeline(here, orderId);
    expect(status).toBe('PENDING');
    expect(waitsOn).toEqual([{ service: 'payment', toSay: ['payment.captured'] }]);
    expect(of('payment')).toMatchObject({
      status: 'CHARGING',
      lastError: 'ProviderError: StripeConnectionError',
      cause: 'stock.reserved',
      attempts: 2,
    });
    expect(Date.parse(of('payment').nextTry)).toBeGreaterThan(here.nowMs);
    expect(deadline).toBe(iso(BEGIN_MS + DEADLINE_MS));
    expect(Date.parse(nextNudge)).toBe(BEGIN_MS + 10_000);
  });

  test('the provider is down before there is a payment: the same, from a participant that has no record', async () => {
    const here = new ShopInMemory();
    here.stripe.before = unanswered;
    const orderId = await here.place();
    const { of, waitsOn } = await timeline(here, orderId);
    expect(of('payment')).toMatchObject({ lastError: 'ProviderError: StripeConnectionError', attempts: 1 });
    expect(of('payment').status).toBeUndefined();
    expect(waitsOn).toEqual([{ service: 'payment', toHear: ['stock.reserved'] }]);
  });

  test('what was wrong is over once it works, and stands among what has happened', async () => {
    const here = new ShopInMemory();
    let isDown = true;
    here.stripe.before = () => void (isDown && unanswered());
    const orderId = await here.place();
    isDown = false;
    here.nowMs += 1_000;
    await here.retry();
    const { of, status, entries } = await timeline(here, orderId);
    expect(status).toBe('CONFIRMED');
    expect(of('payment').lastError).toBeUndefined();
    expect(entries).toContainEqual({
      ...{ at: iso(BEGIN_MS), service: 'payment', cause: 'stock.reserved' },
      error: 'ProviderError: StripeConnectionError',
    });
  });

  test('a dead letter: no next try, but a person has to redrive it', async () => {
    const here = new ShopInMemory();
    here.stripe.before = unanswered;
    const orderId = await here.place();
    while (here.dead.length === 0) await here.retry();
    const { of } = await timeline(here, orderId);
    expect(of('payment')).toMatchObject({ isDeadLetter: true, attempts: 3, cause: 'stock.reserved' });
    expect(of('payment').nextTry).toBeUndefined();
  });

  test('a refund that is refused: it waits for a person, and the payment says why', async () => {
    const here = new ShopInMemory();
    here.stripe.before = (call) => void (call === 'refund' && disputed());
    const orderId = await cancelCharged(here);
    const { of, status, waitingFor, waitsOn, reason } = await timeline(here, orderId);
    expect([status, waitingFor, reason]).toEqual(['CANCELLING', 'person', { code: 'CUSTOMER' }]);
    expect(of('payment')).toMatchObject({
      status: 'REFUNDING',
      waitingFor: 'person',
      reason: 'charge_disputed',
    });
    expect(waitsOn).toContainEqual({
      service: 'payment',
      toSay: expect.arrayContaining(['payment.refunded']),
    });
  });

  test('an undo that fails again and again: its last error, and that the order waits for it', async () => {
    const here = new ShopInMemory();
    here.stripe.before = (call) => void (call === 'refund' && unanswered());
    const orderId = await cancelCharged(here);
    await here.retry();
    const { of, status } = await timeline(here, orderId);
    expect(status).toBe('CANCELLING');
    expect(of('payment')).toMatchObject({
      status: 'REFUNDING',
      cause: 'order.cancelling',
      attempts: 2,
      lastError: expect.stringContaining('StripeConnectionError'),
    });
    expect(of('inventory')).toMatchObject({ status: 'RELEASED' });
  });

  test('a refund that is pending: nobody tries again before the schedule does', async () => {
    const here = new ShopInMemory();
    here.stripe.turns.push('pending');
    const orderId = await cancelCharged(here);
    const { of, nextNudge } = await timeline(here, orderId);
    expect(of('payment').lastError).toMatch(/^not decided yet: refund \w+ is pending$/);
    expect(of('payment').nextTry).toBeUndefined();
    expect(Date.parse(nextNudge)).toBeGreaterThan(here.nowMs);
  });

  test('3-D Secure: it waits for the customer, until the deadline', async () => {
    const here = new ShopInMemory();
    const orderId = await here.place('pm_card_threeDSecure2Required');
    const { of, waitingFor, deadline, status } = await timeline(here, orderId);
    expect([status, waitingFor, of('payment').waitingFor]).toEqual(['PENDING', 'customer', 'customer']);
    expect(deadline).toBe(iso(BEGIN_MS + DEADLINE_MS));
    expect(JSON.stringify(await timeline(here, orderId, alice))).not.toMatch(/secret/i);
  });

  test('the deadline: it is shown before, how near it is, that it is past, and the reason after', async () => {
    const here = new ShopInMemory();
    here.deaf.add('inventory');
    const orderId = await here.place();
    const deadline = iso(BEGIN_MS + DEADLINE_MS);
    for (const [leftMs, deadlineInSeconds] of [
      [DEADLINE_MS, DEADLINE_MS / 1_000],
      [30_000, 30],
      [1, 1],
      [-5_000, -5],
    ] as const) {
      here.nowMs = BEGIN_MS + DEADLINE_MS - leftMs;
      for (const caller of [olga, alice])
        expect(await timeline(here, orderId, caller)).toMatchObject({
          ...{ status: 'PENDING', deadline, deadlineInSeconds },
        });
    }
    await here.nudge();
    const after = await timeline(here, orderId);
    expect([after.status, after.reason]).toEqual(['CANCELLING', { code: 'DEADLINE' }]);
    expect([after.deadline, after.deadlineInSeconds]).toEqual([undefined, undefined]);
  });

  test.each(['inventory', 'payment'] as const)(
    'the table of %s is missing: that is said, and what the others have',
    async (service) => {
      const here = new ShopInMemory();
      here.deaf.add('payment');
      const orderId = await here.place();
      here.drop(service);
      const { of, waitsOn, status, entries } = await timeline(here, orderId);
      expect(status).toBe('PENDING');
      expect(of(service)).toEqual({
        service,
        lastError: 'its table cannot be read: ResourceNotFoundException',
      });
      expect(waitsOn).toEqual([{ service }]);
      expect(entries[0]).toMatchObject({ service: 'order', status: 'PENDING' });
      // It would not show that it is her turn, if it is.
      expect((await ask(here, orderId, alice)).status).toBe(503);
    },
  );

  test('a table is missing while an order is cancelled', async () => {
    const here = new ShopInMemory();
    const orderId = await here.place('pm_card_threeDSecure2Required');
    here.deaf.add('payment');
    await here.cancel(orderId);
    here.drop('payment');
    const { waitsOn, status } = await timeline(here, orderId);
    expect([status, waitsOn]).toEqual(['CANCELLING', [{ service: 'payment' }]]);
  });

  test('the table of the orders is missing: staff hear that, and an owner that it cannot be said now', async () => {
    const here = new ShopInMemory();
    const orderId = await here.place();
    here.drop('order');
    const { status, body } = await ask(here, orderId);
    expect([status, body.detail]).toEqual([
      503,
      'Nothing is known without order: its table cannot be read: ResourceNotFoundException.',
    ]);
    const own = await ask(here, orderId, alice);
    expect([own.status, own.body.detail]).toEqual([503, expect.not.stringContaining('ResourceNotFound')]);
  });

  test.each([
    ['inventory', ['order.placed']],
    ['payment', ['stock.reserved']],
    ['order', ['payment.captured']],
  ] as const)('a queue that nobody reads: %s has yet to hear what was said', async (service, toHear) => {
    const here = new ShopInMemory();
    here.deaf.add(service);
    const orderId = await here.place();
    expect((await timeline(here, orderId)).waitsOn).toEqual([{ service, toHear }]);
  });

  test.each([
    ['inventory', { service: 'inventory', toHear: ['order.cancelling'] }],
    ['payment', { service: 'payment', toHear: ['order.cancelling'] }],
  ] as const)('a queue that %s does not read, while an order is cancelled', async (service, where) => {
    const here = new ShopInMemory();
    const orderId = await here.place('pm_card_threeDSecure2Required');
    here.deaf.add(service);
    await here.cancel(orderId);
    expect((await timeline(here, orderId)).waitsOn).toContainEqual(where);
  });

  test('a failure and answers that the order has yet to hear', async () => {
    const here = new ShopInMemory();
    here.deaf.add('order');
    const declined = await here.place('pm_card_chargeDeclined');
    expect((await timeline(here, declined)).waitsOn).toEqual([
      { service: 'order', toHear: ['payment.declined'] },
    ]);
    const cancelled = await here.place();
    await here.cancel(cancelled);
    expect((await timeline(here, cancelled)).waitsOn).toEqual([
      { service: 'order', toHear: ['stock.released'] },
      { service: 'order', toHear: ['payment.refunded'] },
    ]);
  });

  test('a record that cannot be read', async () => {
    const here = new ShopInMemory();
    const orderId = await here.place('pm_card_threeDSecure2Required');
    here.stores.payment.items.set(orderId, { pk: orderId, version: 1, outbox: '', record: '{}' });
    const { of } = await timeline(here, orderId);
    expect(of('payment')).toEqual({ service: 'payment', lastError: 'its record cannot be read' });
  });
});

describe('who may see it', () => {
  test('its customer, without what failed; staff who may read any order, with it; nobody else', async () => {
    const here = new ShopInMemory();
    here.stripe.before = unanswered;
    const orderId = await here.place();
    const own = await ask(here, orderId, alice);
    expect(own.status).toBe(200);
    expect(JSON.stringify(own.body)).not.toMatch(/ProviderError|attempts|nextTry|waitsOn|nextNudge/);
    expect(own.body).toMatchObject({ status: 'PENDING', deadline: expect.any(String) });
    for (const role of ['support', 'auditor', 'settlements', 'operator']) {
      const { status, body } = await ask(here, orderId, { principalId: 'sam', role });
      expect([role, status, JSON.stringify(body).includes('ProviderError')]).toEqual([role, 200, true]);
    }
    expect((await ask(here, orderId, { ...alice, principalId: 'bob' })).status).toBe(404);
    for (const role of ['stock', 'dead-letters'])
      expect((await ask(here, orderId, { principalId: 'sam', role })).status).toBe(403);
  });

  test('an order that there is not, or an id that is none, is 404', async () => {
    const here = new ShopInMemory();
    expect((await ask(here, `ord_${'0'.repeat(24)}`)).status).toBe(404);
    expect((await ask(here, 'nonsense')).status).toBe(404);
  });
});

/** Cancelled by its customer, once the charge is made and before the order knows of it. */
async function cancelCharged(here: ShopInMemory): Promise<string> {
  here.deaf.add('order');
  const before = here.stripe.before;
  here.stripe.before = () => {};
  const orderId = await here.place();
  here.stripe.before = before;
  await here.cancel(orderId);
  here.deaf.clear();
  await here.settle();
  return orderId;
}

function disputed(): never {
  const type = 'invalid_request_error';
  throw new Stripe.errors.StripeInvalidRequestError({ type, code: 'charge_disputed', message: 'Disputed.' });
}
