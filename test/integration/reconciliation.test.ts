import Stripe from 'stripe';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Client } from '../support/saga/client.ts';
import { reconciliationOf } from '../support/saga/reconciliation.ts';
import { cancelDuringCharge } from '../support/saga/sandbox.ts';
import { startWorld, type World } from '../support/saga/world.ts';

/** Goal: the auditor reads real tables and Stripe's API, and finds what was done behind the shop's back. */
let world: World;
let alice: Client;
let stripe: Stripe;
const mug = [{ sku: 'mug', quantity: 1 }];

beforeAll(async () => {
  world = await startWorld();
  alice = await world.customer();
  await world.stock({ sku: 'mug', available: 100, unitPriceMinor: 1290 });
  const { hostname: host, port } = new URL(world.system.urls.payments);
  stripe = new Stripe('sk_test_people', { host, port, protocol: 'http', telemetry: false });
});
afterAll(() => world?.end());

const charge = async (orderId: string) =>
  await stripe.paymentIntents.create({
    amount: 700,
    currency: 'eur',
    payment_method: 'pm_card_visa',
    confirm: true,
    automatic_payment_methods: { enabled: true, allow_redirects: 'never' },
    metadata: { orderId },
  });

async function endedOrders(): Promise<Readonly<Record<'paid' | 'declined' | 'refunded', string>>> {
  const paid = await alice.place(mug);
  const declined = await alice.place(mug, 'pm_card_chargeDeclined');
  const refunded = await cancelDuringCharge(world, alice, 'pm_card_visa');
  expect(await alice.until(paid)).toMatchObject({ status: 'CONFIRMED' });
  for (const orderId of [declined, refunded])
    expect(await alice.until(orderId)).toMatchObject({ status: 'CANCELLED' });
  return { paid, declined, refunded };
}

test('a shop that has kept its promises agrees with Stripe, until people move money', async () => {
  const { paid, declined } = await endedOrders();
  expect(await reconciliationOf(world.system)).toMatchObject({
    compared: 3,
    open: 0,
    stuck: 0,
    findings: [],
  });

  const body = (await alice.call('GET', `/orders/${paid}/payment`)).body;
  await stripe.refunds.create({ payment_intent: String(body.paymentIntentId), amount: 100 });
  await charge(declined);
  await charge('ord_nobody');
  const { findings } = await reconciliationOf(world.system);
  const told = findings.map(({ kind, code, orderId }) => `${kind} ${code} ${orderId}`);
  expect(new Set(told)).toEqual(
    new Set([
      `disagreement CANCELLED_MONEY_KEPT ${declined}`,
      'disagreement MONEY_WITHOUT_ORDER ord_nobody',
      `information GIVEN_BACK_AFTER_CONFIRMED ${paid}`,
    ]),
  );
  expect(told).toHaveLength(3);
});

test('the function that is deployed reads the same sides, and leaves open what has only just ended', async () => {
  const tomorrow = new Date(Date.now() + 24 * 3_600_000).toISOString();
  const window = { from: '2020-01-01T00:00:00Z', to: tomorrow };
  const { compared } = await reconciliationOf(world.system);
  expect(await world.reconcile(window)).toMatchObject({
    isFinished: true,
    compared,
    open: compared,
    findings: [],
  });
  expect(await world.reconcile({ ...window, cursor: { source: 'payment' } })).toMatchObject({
    isFinished: true,
  });
});
