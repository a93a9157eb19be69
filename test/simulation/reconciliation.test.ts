import { describe, expect, test } from 'vitest';
import type { Service } from '../../functions/shop.ts';
import { type Row, rowOf, statusOf } from './checker/row.ts';
import { deploymentIn } from './deployment.ts';
import { withoutLogs } from './quiet.ts';
import { play } from './run.ts';
import { Scene } from './scene.ts';
import { reconciled } from './shop/reconciliation.ts';
import type { World } from './world/world.ts';

/**
 * Goal: the auditor finds what is wrong, names it, and accuses nobody else. Method: worlds in which everything has ended
 * after any faults, and one thing after another that is changed in them behind everybody's back.
 */
const SEEDS = Array.from({ length: 60 }, (_, seed) => seed);

async function ended(seed: number): Promise<World> {
  const scene = new Scene(await deploymentIn(), { seed }, {});
  await withoutLogs(() => play(scene));
  expect(scene.simulation.checker.violation).toBeUndefined();
  return scene.simulation.world;
}

const intentOf = (world: World, orderId: string) =>
  world.provider.intents.find((intent) => intent.orderId === orderId && intent.status === 'succeeded');

/** How an order has ended, in the words of its order and its payment. */
const endOf = (world: World, orderId: string): string =>
  ['order', 'payment'].map((service) => statusOf(world.recordOf(service, orderId))).join(' ');

/** Changes a record's state as nobody in the shop would. */
function change(world: World, service: Service, orderId: string, members: Row): void {
  const item = world.recordOf(service, orderId);
  if (typeof item?.record !== 'string') throw new Error(`${service} has no record of ${orderId}`);
  const record = JSON.parse(item.record);
  const state = { ...record.state, ...members };
  const changed = { ...item, status: state.status, record: JSON.stringify({ ...record, state }) };
  world.tableOf(service).items.set(item.pk, changed);
}

const remove = (world: World, service: Service, orderId: string): void => {
  world.tableOf(service).items.delete(world.recordOf(service, orderId)?.pk ?? '');
};

const priceOf = (world: World, orderId: string): number =>
  rowOf(world.recordOf('payment', orderId))?.state.amountMinor;

const chargeAgain = (world: World, orderId: string): void => {
  const wanted = { orderId, amount: 700, currency: 'eur', paymentMethod: 'pm_card_visa' };
  world.provider.confirm(world.provider.create(wanted).id);
};

const giveBack = (world: World, orderId: string): void => {
  world.provider.refund(intentOf(world, orderId)?.id ?? '', 1);
};

const DAY_MS = 24 * 3_600_000;
/** A day earlier. Nobody's clock is wrong by it. */
const before = (world: World, effect: () => void): void => {
  const { clock } = world;
  clock.advance(-DAY_MS);
  effect();
  clock.advance(DAY_MS);
  clock.setBackMs -= DAY_MS;
};

type Plant = (world: World, orderId: string) => void;
type Planted = readonly [name: string, of: string, plant: Plant, codes: readonly string[]];

const disagreements: readonly Planted[] = [
  [
    'the order is gone',
    'CONFIRMED CAPTURED',
    (world, id) => remove(world, 'order', id),
    ['MONEY_WITHOUT_ORDER', 'STOCK_WITHOUT_ORDER'],
  ],
  [
    'the payment is gone',
    'CONFIRMED CAPTURED',
    (world, id) => remove(world, 'payment', id),
    ['PAYMENT_STATUS_DIFFERS'],
  ],
  [
    'the reservation is gone',
    'CONFIRMED CAPTURED',
    (world, id) => remove(world, 'inventory', id),
    ['CONFIRMED_STOCK_NOT_HELD'],
  ],
  [
    'the order costs more',
    'CONFIRMED CAPTURED',
    (world, id) => change(world, 'order', id, { totalMinor: priceOf(world, id) + 1 }),
    ['CONFIRMED_OTHER_MONEY'],
  ],
  [
    'the order is in another currency',
    'CONFIRMED CAPTURED',
    (world, id) => change(world, 'order', id, { currency: 'XXX' }),
    ['CONFIRMED_OTHER_MONEY'],
  ],
  [
    'the reservation costs more',
    'CONFIRMED CAPTURED',
    (world, id) => change(world, 'inventory', id, { totalMinor: priceOf(world, id) + 1 }),
    ['AMOUNTS_DIFFER'],
  ],
  [
    'the payment is in another currency',
    'CONFIRMED CAPTURED',
    (world, id) => change(world, 'payment', id, { currency: 'XXX' }),
    ['AMOUNTS_DIFFER'],
  ],
  [
    'the payment names another intent',
    'CONFIRMED CAPTURED',
    (world, id) => change(world, 'payment', id, { paymentIntentId: 'pi_0' }),
    ['OTHER_INTENT_CHARGED'],
  ],
  [
    'the payment says it was given back',
    'CONFIRMED CAPTURED',
    (world, id) => change(world, 'payment', id, { status: 'REFUNDED', refundId: 're_0' }),
    ['PAYMENT_STATUS_DIFFERS'],
  ],
  ['a second intent is charged', 'CONFIRMED CAPTURED', chargeAgain, ['CHARGED_TWICE']],
  [
    'a part was given back before the end',
    'CONFIRMED CAPTURED',
    (world, id) => before(world, () => giveBack(world, id)),
    ['CONFIRMED_OTHER_MONEY'],
  ],
  [
    'the order was cancelled, and keeps all',
    'CONFIRMED CAPTURED',
    (world, id) => change(world, 'order', id, { status: 'CANCELLED', reason: { code: 'OPERATOR' } }),
    ['CANCELLED_MONEY_KEPT', 'CANCELLED_STOCK_HELD'],
  ],
  [
    'a declined order is CONFIRMED',
    'CANCELLED DECLINED',
    (world, id) => change(world, 'order', id, { status: 'CONFIRMED', totalMinor: 1, currency: 'EUR' }),
    ['CONFIRMED_UNPAID', 'CONFIRMED_STOCK_NOT_HELD'],
  ],
  ['a declined order is charged', 'CANCELLED DECLINED', chargeAgain, ['CANCELLED_MONEY_KEPT']],
  ['an order that was given back is charged again', 'CANCELLED REFUNDED', chargeAgain, ['CHARGED_TWICE']],
  [
    'a refund is written down as a charge',
    'CANCELLED REFUNDED',
    (world, id) => change(world, 'payment', id, { status: 'CAPTURED' }),
    ['PAYMENT_STATUS_DIFFERS'],
  ],
  [
    'an unknown order is charged',
    'CONFIRMED CAPTURED',
    (world) => chargeAgain(world, 'nobody'),
    ['MONEY_WITHOUT_ORDER'],
  ],
];

/** The first orders among the seeds that have ended so, each in its world. Nobody has moved money of them besides. */
async function* endedAs(wanted: string, most = 5): AsyncGenerator<readonly [World, string]> {
  let found = 0;
  for (const seed of SEEDS) {
    const world = await ended(seed);
    const { findings } = await reconciled(world);
    const orderId = [...world.sagas.keys()].find(
      (id) =>
        endOf(world, id) === wanted && isOrdinary(world, id) && !findings.some((each) => each.orderId === id),
    );
    if (orderId === undefined) continue;
    yield [world, orderId];
    found += 1;
    if (found === most) return;
  }
}

/** A charge that somebody gave back before it was written down is DECLINED, too. */
const isOrdinary = (world: World, orderId: string): boolean =>
  !endOf(world, orderId).endsWith('DECLINED') || intentOf(world, orderId) === undefined;

describe('the reconciliation names', () => {
  test.each(disagreements)('%s (%s)', async (_, wanted, plant, codes) => {
    let worlds = 0;
    for await (const [world, orderId] of endedAs(wanted)) {
      plant(world, orderId);
      const { findings } = await reconciled(world);
      const told = findings.filter(({ kind }) => kind === 'disagreement');
      expect(told.map(({ code }) => code)).toEqual(codes);
      expect(told.every((finding) => [orderId, 'nobody'].includes(finding.orderId))).toBe(true);
      worlds += 1;
    }
    expect(worlds).toBeGreaterThan(2);
  });

  test.each([
    ['a day later', DAY_MS],
    ['by a clock that was set back since', -DAY_MS / 2],
  ])('money that people gave back after the end as information: %s', async (_, passedMs) => {
    for await (const [world, orderId] of endedAs('CONFIRMED CAPTURED')) {
      world.clock.advance(passedMs);
      giveBack(world, orderId);
      const told = (await reconciled(world)).findings.filter((finding) => finding.orderId === orderId);
      expect(told).toMatchObject([{ kind: 'information', code: 'GIVEN_BACK_AFTER_CONFIRMED' }]);
    }
  });
});
