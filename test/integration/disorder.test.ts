import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type EventType, type Service, shop } from '../../functions/shop.ts';
import { audit } from '../support/saga/audit.ts';
import { type Client, inParallel } from '../support/saga/client.ts';
import { type Forward, type Interposer, whileInterposed } from '../support/saga/interpose.ts';
import { ledgerOf } from '../support/saga/sandbox.ts';
import { until } from '../support/saga/until.ts';
import { startWorld, type World } from '../support/saga/world.ts';

/**
 * Goal: duplicates and any order of arrival change no outcome. Method: the test stands between the exchanges
 * and the queues of a real broker, and repeats, holds and reorders what passes.
 */
let world: World;
let alice: Client;

beforeAll(async () => {
  world = await startWorld();
  alice = await world.customer();
  for (let sku = 0; sku < 5; sku += 1) {
    await world.stock({ sku: `sku-${sku}`, available: 1_000, unitPriceMinor: 300 + sku });
  }
});
afterAll(() => world?.end());

const methods = ['pm_card_visa', 'pm_card_visa', 'pm_card_chargeDeclined'];
const placeMany = (count: number) =>
  inParallel(Array.from({ length: count }), 8, async (_, index) => {
    const orderId = await alice.place(
      [
        { sku: `sku-${index % 5}`, quantity: 1 },
        { sku: `sku-${(index + 1) % 5}`, quantity: 2 },
      ],
      methods[index % methods.length],
    );
    if (index % 5 === 0) await alice.call('POST', `/orders/${orderId}/cancel`);
    return orderId;
  });

async function expectBalanced(): Promise<void> {
  const result = await audit(world);
  expect(result.violations).toEqual([]);
  expect(result.deadLetters).toBe(0);
  expect(result.keptMinor).toBe(result.confirmedMinor);
}

describe('messages', () => {
  // Fails where a step is not guarded by the record: stock is taken twice, or released twice.
  test('every one delivered twice: every effect once', async () => {
    await whileInterposed(
      world,
      async ({ forward }) => {
        await Promise.all([forward(), forward()]);
      },
      async () => {
        await placeMany(60);
        await expectBalanced();
      },
    );
  });

  // Fails where a compensation finds nothing and says nothing: orders stay CANCELLING.
  test('each queue delivered in reverse: the same outcomes', async () => {
    const held = new Map<Service, Forward[]>();
    const timers = new Map<Service, NodeJS.Timeout>();
    const released: Promise<void>[] = [];
    const reverse: Interposer = ({ to, forward }) => {
      held.set(to, [...(held.get(to) ?? []), forward]);
      clearTimeout(timers.get(to));
      const release = () => {
        const all = held.get(to)?.toReversed() ?? [];
        held.delete(to);
        released.push(all.reduce((before, next) => before.then(next), Promise.resolve()));
      };
      timers.set(to, setTimeout(release, 300));
    };
    await whileInterposed(world, reverse, async () => {
      await placeMany(60);
      await expectBalanced();
      await Promise.all(released);
    });
  });

  // Fails where a compensation that finds nothing answers and leaves no tombstone: the late step takes effect.
  test.each([
    ['order.placed', 'inventory'],
    ['stock.reserved', 'payment'],
  ] as const)(
    'order.cancelling before %s: %s finds the tombstone and says it again',
    async (step, service) => {
      const late: Forward[] = [];
      const said: string[] = [];
      const holdStep: Interposer = async ({ type, forward }) => {
        if (type === step) return void late.push(forward);
        if (shop.publisherOf(type as EventType) === service) said.push(type);
        await forward();
      };
      const orderId = await whileInterposed(world, holdStep, async () => {
        const placed = await alice.place([{ sku: 'sku-1', quantity: 1 }]);
        await until('the step is held back', () => late.length > 0);
        await alice.expect(202, 'POST', `/orders/${placed}/cancel`);
        expect(await alice.until(placed)).toMatchObject({ status: 'CANCELLED' });
        said.length = 0;
        for (const forward of late) await forward();
        await until('the late step is answered', () => said.length > 0);
        return placed;
      });
      expect(said).toEqual([service === 'inventory' ? 'stock.released' : 'payment.voided']);
      await expectBalanced();
      expect(await ledgerOf(world, orderId)).toMatchObject({ captures: 0 });
    },
  );

  // Fails where only a failure starts the cancellation: the answer that came first is forgotten.
  test('a compensation confirmed before the failure is seen: remembered, and the order ends', async () => {
    const late: Forward[] = [];
    const holdFailures: Interposer = async ({ to, type, forward }) => {
      if (to === 'order' && type === 'payment.declined') late.push(forward);
      else await forward();
    };
    await whileInterposed(world, holdFailures, async () => {
      const orderId = await alice.place([{ sku: 'sku-2', quantity: 1 }], 'pm_card_chargeDeclined');
      await until('stock is released', async () => {
        const { body } = await alice.call('GET', `/orders/${orderId}/reservation`);
        return body.status === 'RELEASED';
      });
      await until('the decline is held back', () => late.length > 0);
      expect((await alice.call('GET', `/orders/${orderId}`)).body.status).toBe('PENDING');
      for (const forward of late) await forward();
      expect(await alice.until(orderId)).toMatchObject({ reason: { code: 'PAYMENT_DECLINED' } });
    });
    await expectBalanced();
  });

  // Fails where an order approves from any state: it is CONFIRMED with the money refunded.
  test('a late success after the order is cancelling: ignored, and refunded', async () => {
    const late: Forward[] = [];
    const holdSuccess: Interposer = async ({ type, forward }) => {
      if (type === 'payment.captured') late.push(forward);
      else await forward();
    };
    await whileInterposed(world, holdSuccess, async () => {
      const orderId = await alice.place([{ sku: 'sku-3', quantity: 1 }]);
      await until('it is charged', () => late.length > 0);
      await alice.expect(202, 'POST', `/orders/${orderId}/cancel`);
      for (const forward of late) await forward();
      expect(await alice.until(orderId)).toMatchObject({ status: 'CANCELLED', reason: { code: 'CUSTOMER' } });
      expect(await ledgerOf(world, orderId)).toMatchObject({ captures: 1, refunds: 1, keptMinor: 0 });
    });
    await expectBalanced();
  });
});
