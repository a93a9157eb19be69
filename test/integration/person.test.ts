import Stripe from 'stripe';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { audit } from '../support/saga/audit.ts';
import type { Client } from '../support/saga/client.ts';
import { whileInterposed } from '../support/saga/interpose.ts';
import { cancelDuringCharge, ledgerOf, providerIs } from '../support/saga/sandbox.ts';
import { until } from '../support/saga/until.ts';
import { startWorld, type World } from '../support/saga/world.ts';

/**
 * Goal: what the provider refuses to give back is seen, and an operator ends it. Method: Stripe's test cards whose refunds
 * fail and whose charges are disputed.
 */
let world: World;
let alice: Client;
let stripe: Stripe;
const mug = [{ sku: 'mug', quantity: 1 }];
const settled = { reason: 'paid by bank transfer', proof: 'transfer 7' };

beforeAll(async () => {
  world = await startWorld();
  alice = await world.customer();
  await world.stock({ sku: 'mug', available: 100, unitPriceMinor: 1290 });
  await providerIs(world, { settleMs: 50 });
  const { hostname, port } = new URL(world.system.urls.payments);
  stripe = new Stripe('sk_test_person', { host: hostname, port, protocol: 'http', telemetry: false });
});
afterAll(async () => {
  await providerIs(world, { settleMs: 3_000 });
  await world?.end();
});

const paymentOf = async (orderId: string, client = alice) =>
  (await client.call('GET', `/orders/${orderId}/payment`)).body;
const resolve = (orderId: string, client = world.operator) =>
  client.call('POST', `/orders/${orderId}/payment/resolve`, settled);
const disputesOf = async (orderId: string) => {
  const { paymentIntentId } = await paymentOf(orderId);
  return (await stripe.disputes.list({ payment_intent: paymentIntentId })).data;
};

describe('a charge that its bank has taken back', () => {
  test('while the order is cancelled waits for a person, and ends as the operator says', async () => {
    const orderId = await whileInterposed(
      world,
      // Once the order is confirmed nobody can cancel it any more, so it does not hear that it is paid.
      async ({ type, to, forward }) => {
        if (type !== 'payment.captured' || to !== 'order') await forward();
      },
      async () => {
        const placed = await alice.place(mug, 'pm_card_createDispute');
        await until('it is charged', async () => (await paymentOf(placed)).status === 'CAPTURED');
        await until('it is disputed', async () => (await disputesOf(placed)).length === 1);
        await alice.expect(202, 'POST', `/orders/${placed}/cancel`);
        await alice.until(placed, ({ waitingFor }) => waitingFor === 'person');
        return placed;
      },
    );
    const impasse = { waitingFor: 'person', reason: 'charge_disputed' };
    expect(await paymentOf(orderId)).toMatchObject({ status: 'REFUNDING', impasse });
    expect((await resolve(orderId, alice)).status).toBe(403);
    expect((await alice.call('GET', `/orders/${orderId}`)).body.status).toBe('CANCELLING');
    const { status, body } = await resolve(orderId);
    expect([status, body]).toMatchObject([200, { status: 'RESOLVED', resolution: settled }]);
    expect(await alice.until(orderId)).toMatchObject({ status: 'CANCELLED', reason: { code: 'CUSTOMER' } });
    expect((await resolve(orderId)).body).toEqual(body);
    expect(await ledgerOf(world, orderId)).toMatchObject({ captures: 1, refunds: 0 });
  });

  test('after the order is confirmed is recorded, and changes no order', async () => {
    const orderId = await alice.place(mug, 'pm_card_createDispute');
    expect(await alice.until(orderId)).toMatchObject({ status: 'CONFIRMED' });
    const observed = await until(
      'it is recorded',
      async () => (await paymentOf(orderId, world.operator)).observed,
    );
    expect(observed).toMatchObject({
      refundedMinor: 0,
      disputes: [{ status: 'needs_response', reason: 'fraudulent', amountMinor: 1290 }],
    });
    expect((await alice.call('GET', `/orders/${orderId}`)).body.status).toBe('CONFIRMED');
    expect((await resolve(orderId)).status).toBe(409);
  });
});

// Fails where a refund that has succeeded is over: its bank sends it back after some days, and the money is kept.
test('a refund that fails after it has succeeded is made again, and after five times a person has to', async () => {
  const orderId = await cancelDuringCharge(world, alice, 'pm_card_refundFail');
  expect(await alice.until(orderId)).toMatchObject({ status: 'CANCELLED' });
  const { status, impasse } = await until('a person is needed', async () => {
    const payment = await paymentOf(orderId);
    return 'impasse' in payment && payment;
  });
  expect([status, impasse]).toMatchObject([
    'REFUNDING',
    { waitingFor: 'person', reason: 'expired_or_canceled_card' },
  ]);
  const { captures, refunds, keptMinor } = await ledgerOf(world, orderId);
  expect([captures, refunds, keptMinor]).toEqual([1, 0, 1290]);
  expect(
    (await stripe.refunds.list({ payment_intent: (await paymentOf(orderId)).paymentIntentId })).data,
  ).toHaveLength(5);
  expect((await resolve(orderId)).body).toMatchObject({ status: 'RESOLVED', resolution: settled });
});

test('all of that breaks no promise', async () => {
  const { violations, statuses, deadLetters } = await audit(world);
  expect(violations).toEqual([]);
  expect(statuses).toEqual({ CONFIRMED: 1, CANCELLED: 2 });
  expect(deadLetters).toBe(0);
});
