import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { bankAt } from '../../infra/local/saga/bank.ts';
import { audit } from '../support/saga/audit.ts';
import type { Client } from '../support/saga/client.ts';
import { operatorSays } from '../support/saga/operator-says.ts';
import { ledgerOf, providerIs } from '../support/saga/sandbox.ts';
import { until } from '../support/saga/until.ts';
import { startWorld, type World } from '../support/saga/world.ts';

/**
 * Goal: a customer whose bank wants to see the customer pays, or does not, and the order ends at once. Method: the real
 * API, and webhooks from the sandbox; the schedule runs only where a test says so.
 */
let world: World;
let alice: Client;
const mug = [{ sku: 'mug', quantity: 1 }];

beforeAll(async () => {
  world = await startWorld();
  alice = await world.customer();
  await world.stock({ sku: 'mug', available: 100, unitPriceMinor: 1290 });
});
afterEach(() => providerIs(world, { webhooksLostPercent: 0, webhooksDoubledPercent: 0 }));
afterAll(() => world?.end());

const answer = (clientSecret: string, outcome: 'approve' | 'fail') =>
  bankAt(world.system.urls.payments)({ clientSecret, outcome });
const paymentOf = async (orderId: string, client = alice) =>
  (await client.call('GET', `/orders/${orderId}/payment`)).body;

/** An order that waits for its customer, and the secret that only the customer sees. */
async function challenged(): Promise<{ readonly orderId: string; readonly clientSecret: string }> {
  const orderId = await alice.place(mug, 'pm_card_threeDSecure2Required');
  await alice.until(orderId, ({ waitingFor }) => waitingFor === 'customer');
  const { status, action } = await paymentOf(orderId);
  expect(status).toBe('AWAITING_CUSTOMER');
  return { orderId, clientSecret: action.clientSecret };
}

const op = (...args: readonly string[]) => operatorSays(world.system, args);

describe('3-D Secure', () => {
  test('shows the customer alone what to do', async () => {
    const { orderId, clientSecret } = await challenged();
    expect(await paymentOf(orderId, world.operator)).not.toHaveProperty('action');
    const others = await (await world.customer('bob')).call('GET', `/orders/${orderId}/payment`);
    expect(others.status).toBe(404);
    await answer(clientSecret, 'fail');
    expect(await alice.until(orderId)).toMatchObject({
      status: 'CANCELLED',
      reason: { code: 'PAYMENT_DECLINED', decline: { code: 'payment_intent_authentication_failure' } },
    });
    expect(await paymentOf(orderId)).not.toHaveProperty('action');
    expect(await ledgerOf(world, orderId)).toMatchObject({ captures: 0 });
  });

  test('is what an operator reads of an order that waits for it', async () => {
    const { orderId, clientSecret } = await challenged();
    const list = ['sagas', '--stuck', '--status', 'PENDING', '--service', 'payment', '--limit', '5000'];
    const { items } = JSON.parse(await op(...list, '--json'));
    const item = items.find((each: { readonly orderId: string }) => each.orderId === orderId);
    expect(item).toMatchObject({
      waitingFor: 'customer',
      waitsOn: [{ service: 'payment', toSay: ['payment.captured'] }],
    });
    expect(await op(...list)).toMatch(new RegExp(`${orderId} +PENDING .* payment +waits for the customer`));
    const { paymentIntentId } = await paymentOf(orderId);
    for (const id of [orderId, paymentIntentId, `${orderId}:stock.reserved`]) {
      const shown = await op('show', id);
      expect(shown).toMatch(/^waits for +customer$/m);
      expect(shown).toMatch(/^stands at +payment has to say payment.captured$/m);
      expect(shown).toMatch(/payment +AWAITING_CUSTOMER .* waits for the customer$/m);
      expect(shown).not.toContain(clientSecret);
    }
    const refused = op('cancel', 'ord_0', '--reason', 'nobody');
    await expect(refused).rejects.toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringMatching(/^The content is not valid: .*\n$/),
    });
    expect(await op('cancel', orderId, '--reason', 'the customer is gone')).toBe(
      `${orderId} is CANCELLING.\n`,
    );
    expect(await alice.until(orderId)).toMatchObject({ status: 'CANCELLED', reason: { code: 'OPERATOR' } });
  });

  // Fails where only the schedule finds out: it does not run here.
  test('confirms the order as soon as the customer has approved', async () => {
    const { orderId, clientSecret } = await challenged();
    await answer(clientSecret, 'approve');
    const order = await alice.until(orderId, ({ status }) => status === 'CONFIRMED', 5_000);
    expect(order).not.toHaveProperty('waitingFor');
    expect(await ledgerOf(world, orderId)).toMatchObject({ captures: 1, keptMinor: 1290 });
  });

  test('confirms it once, though every webhook comes twice', async () => {
    await providerIs(world, { webhooksDoubledPercent: 100 });
    const { orderId, clientSecret } = await challenged();
    await answer(clientSecret, 'approve');
    await alice.until(orderId, ({ status }) => status === 'CONFIRMED', 5_000);
    expect(await ledgerOf(world, orderId)).toMatchObject({ captures: 1 });
  });

  test('charges nothing once the customer has cancelled instead', async () => {
    const { orderId, clientSecret } = await challenged();
    await alice.expect(202, 'POST', `/orders/${orderId}/cancel`);
    expect(await alice.until(orderId)).toMatchObject({ status: 'CANCELLED', reason: { code: 'CUSTOMER' } });
    expect(await answer(clientSecret, 'approve')).toBe(409);
    expect(await paymentOf(orderId)).toMatchObject({ status: 'VOIDED' });
    expect(await ledgerOf(world, orderId)).toMatchObject({ captures: 0 });
  });

  // Fails where a webhook is the only way to find out: Stripe may give up on one.
  test('confirms it, though every webhook is lost, when the schedule comes to it', async () => {
    await providerIs(world, { webhooksLostPercent: 100 });
    const { orderId, clientSecret } = await challenged();
    await answer(clientSecret, 'approve');
    await until(
      'the schedule has found out',
      async () => {
        await world.nudge();
        return (await alice.call('GET', `/orders/${orderId}`)).body.status === 'CONFIRMED';
      },
      30_000,
    );
    expect(await ledgerOf(world, orderId)).toMatchObject({ captures: 1, keptMinor: 1290 });
  });

  test('is not approved by a webhook that somebody has forged', async () => {
    const { orderId, clientSecret } = await challenged();
    const body = JSON.stringify({
      ...{ id: 'evt_1', object: 'event', type: 'payment_intent.succeeded' },
      data: { object: { id: 'pi_1', metadata: { orderId } } },
    });
    const post = (headers: Readonly<Record<string, string>>) =>
      fetch(`${world.system.urls.api}/webhooks/stripe`, { method: 'POST', body, headers });
    const forged = `t=${Math.floor(Date.now() / 1_000)},v1=${'0'.repeat(64)}`;
    for (const headers of [{}, { 'stripe-signature': forged }] as const)
      expect((await post(headers)).status).toBe(400);
    expect((await alice.call('GET', `/orders/${orderId}`)).body.status).toBe('PENDING');
    await answer(clientSecret, 'fail');
    expect(await alice.until(orderId)).toMatchObject({ status: 'CANCELLED' });
  });
});

test('all of that breaks no promise', async () => {
  const { violations, statuses, deadLetters } = await audit(world);
  expect(violations).toEqual([]);
  expect(statuses).toEqual({ CONFIRMED: 3, CANCELLED: 4 });
  expect(deadLetters).toBe(0);
});
