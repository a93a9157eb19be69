import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { audit } from '../support/saga/audit.ts';
import type { Client } from '../support/saga/client.ts';
import { ledgerOf, providerIs } from '../support/saga/sandbox.ts';
import { until } from '../support/saga/until.ts';
import { startWorld, type World } from '../support/saga/world.ts';

/**
 * Goal: no instruction at which a worker may die leads to a second effect or to a saga that stays open.
 * Method: `kill -9` of the process that runs the Lambda workers, at a moment that the payment provider's
 * ledger and payment's own record prove to be the one meant; then it is started again.
 */
let world: World;
let alice: Client;
const mug = [{ sku: 'mug', quantity: 1 }];

beforeAll(async () => {
  world = await startWorld();
  alice = await world.customer();
  await world.stock({ sku: 'mug', available: 100, unitPriceMinor: 1290 });
});
afterAll(() => world?.end());

const paymentOf = async (orderId: string) => (await alice.call('GET', `/orders/${orderId}/payment`)).body;

async function restartWorkers(): Promise<void> {
  await world.system.parts.api.kill();
  await world.system.parts.api.start();
}

describe('a worker that dies', () => {
  // Fails where the provider is asked anew, under a new key and without looking: every retry charges once more.
  test('after the charge and before the record: charged once, confirmed', async () => {
    const orderId = await alice.place(mug, 'pm_sandbox_timeoutAfterCharge');
    await until('it is charged', async () => (await ledgerOf(world, orderId)).captures === 1);
    expect(await paymentOf(orderId)).toMatchObject({ status: 'CHARGING' });
    await restartWorkers();
    expect(await alice.until(orderId)).toMatchObject({ status: 'CONFIRMED' });
    expect(await ledgerOf(world, orderId)).toMatchObject({ captures: 1, refunds: 0 });
  });

  // Fails where a duplicate is only acknowledged and not answered: payment.captured is never said.
  test('after the record and before the publish: said again, confirmed', async () => {
    await providerIs(world, { latencyMs: 1_500 });
    const orderId = await alice.place(mug);
    await until('the charge is begun', async () => (await paymentOf(orderId)).status === 'CHARGING');
    // A broker that stands still takes the publish into its socket and confirms nothing.
    const broker = world.system.parts.rabbitmq;
    process.kill(broker.pid ?? 0, 'SIGSTOP');
    await until('the charge is recorded', async () => (await paymentOf(orderId)).status === 'CAPTURED');
    await world.system.parts.api.kill();
    await broker.kill();
    await providerIs(world, { latencyMs: 0 });
    await broker.start();
    await world.system.parts.api.start();
    expect(await alice.until(orderId)).toMatchObject({ status: 'CONFIRMED' });
    expect(await ledgerOf(world, orderId)).toMatchObject({ captures: 1, refunds: 0 });
  });

  // Fails where effects are not guarded by a condition on the record: stock is taken twice.
  test('in the middle of batches, five times under load: nothing twice, nothing lost', async () => {
    const placed: Promise<string>[] = [];
    for (let round = 0; round < 5; round += 1) {
      await world.stock({ sku: `round-${round}`, available: 100, unitPriceMinor: 500 });
      for (let index = 0; index < 12; index += 1) {
        const method = index % 4 === 3 ? 'pm_card_chargeDeclined' : 'pm_card_visa';
        placed.push(alice.place([{ sku: `round-${round}`, quantity: 1 }], method));
      }
      await Promise.all(placed);
      await restartWorkers();
    }
    const result = await audit(world, { timeoutMs: 60_000 });
    expect(result.violations).toEqual([]);
    expect(result.deadLetters).toBe(0);
  }, 180_000);

  test('leaves books that balance', async () => {
    const result = await audit(world);
    expect(result.violations).toEqual([]);
    expect(result.keptMinor).toBe(result.confirmedMinor);
  });
});
