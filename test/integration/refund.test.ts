import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { audit } from '../support/saga/audit.ts';
import type { Client } from '../support/saga/client.ts';
import { cancelDuringCharge, ledgerOf, providerIs } from '../support/saga/sandbox.ts';
import { until } from '../support/saga/until.ts';
import { startWorld, type World } from '../support/saga/world.ts';

/** Goal: an unknown answer of the provider is asked for again, and a compensation is retried until it succeeds. */
let world: World;
let alice: Client;
const mug = [{ sku: 'mug', quantity: 1 }];

beforeAll(async () => {
  world = await startWorld();
  alice = await world.customer();
  await world.stock({ sku: 'mug', available: 100, unitPriceMinor: 1290 });
});
afterAll(() => world?.end());

describe('the payment provider', () => {
  // Fails where a timeout counts as a decline: the order is cancelled and the money kept.
  test('times out after charging: its payment intent says that it has charged', async () => {
    const orderId = await alice.place(mug, 'pm_sandbox_timeoutAfterCharge');
    expect(await alice.until(orderId)).toMatchObject({ status: 'CONFIRMED' });
    expect(await ledgerOf(world, orderId)).toMatchObject({ captures: 1, keptMinor: 1290 });
  });

  // Fails where a 5xx counts as a decline: the order is cancelled because the provider was busy.
  test('is unavailable twice: asked again, charged once', async () => {
    const orderId = await alice.place(mug, 'pm_sandbox_unavailableTwice');
    expect(await alice.until(orderId)).toMatchObject({ status: 'CONFIRMED' });
    const { captures, attempts } = await ledgerOf(world, orderId);
    expect([captures, attempts.unavailable]).toEqual([1, 2]);
  });

  test.each(['refuse', 'hang'] as const)(
    'is down (%s) for a while: the order waits and is confirmed',
    async (outage) => {
      await providerIs(world, { outage });
      const orderId = await alice.place(mug);
      // Nothing is written before there is an intent, which only the provider can make.
      await until('the stock is reserved', async () => {
        const { body } = await alice.call('GET', `/orders/${orderId}/reservation`);
        return body.status === 'RESERVED';
      });
      // Longer than the SDK's own second try after a closed connection.
      await delay(1_500);
      await providerIs(world, { outage: 'none' });
      expect(await alice.until(orderId)).toMatchObject({ status: 'CONFIRMED' });
      expect(await ledgerOf(world, orderId)).toMatchObject({ captures: 1 });
    },
  );

  // Fails where a refund that is on its way counts as arrived: it may fail yet, and then the money is kept.
  test('takes its time for a refund: the order is cancelled once it has succeeded', async () => {
    const orderId = await cancelDuringCharge(world, alice, 'pm_card_pendingRefund');
    await until('the refund is asked for', async () => (await ledgerOf(world, orderId)).refunds === 1);
    expect((await alice.call('GET', `/orders/${orderId}`)).body.status).toBe('CANCELLING');
    // The schedule asks again.
    await until(
      'it is cancelled',
      async () => {
        await world.nudge();
        return (await alice.call('GET', `/orders/${orderId}`)).body.status === 'CANCELLED';
      },
      60_000,
    );
    expect(await ledgerOf(world, orderId)).toMatchObject({ captures: 1, refunds: 1, keptMinor: 0 });
  });

  // Fails where a failed compensation is swallowed: the order is CANCELLED with the money kept.
  test('fails a refund five times: retried until it succeeds', async () => {
    const orderId = await cancelDuringCharge(world, alice, 'pm_sandbox_refundFailsFiveTimes');
    expect(await alice.until(orderId)).toMatchObject({ status: 'CANCELLED' });
    const { captures, refunds, keptMinor, attempts } = await ledgerOf(world, orderId);
    expect([captures, refunds, keptMinor, attempts.refundsLocked]).toEqual([1, 1, 0, 5]);
    expect((await audit(world)).violations).toEqual([]);
  });
});
