import Stripe from 'stripe';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { OpenPage, Timeline } from '../../../api/calls.ts';
import { sagasReader } from '../../../engine/insight/sagas-reader.ts';
import { timelineReader } from '../../../engine/insight/timeline-reader.ts';

import { DEADLINE_MS, olga, ShopInMemory } from '../../support/shop-in-memory.ts';
import { unanswered } from '../../support/simulated-stripe.ts';
import { threeServices as shop } from '../../support/three-services.ts';
import { counts } from './orders.ts';
import { said } from './said.ts';

/** Goal: for each way to be stuck `show` and `sagas --stuck` say the true reason. Method: the real participants in memory. */
beforeEach(() => {
  vi.spyOn(process.stdout, 'write').mockReturnValue(true);
});
afterEach(() => {
  vi.restoreAllMocks();
});

async function shown(here: ShopInMemory, orderId: string) {
  const reader = timelineReader(shop, here.views, { now: () => here.nowMs, deadlineMs: () => DEADLINE_MS });
  const body: Timeline = (await here.call(reader, olga, { path: { orderId } })).body;
  const insight = { saga: shop, views: here.views, now: () => here.nowMs, deadlineMs: () => DEADLINE_MS };
  const list: OpenPage = (await here.call(sagasReader(insight), olga, { resource: '/sagas' })).body;
  const told = { columns: 200 };
  return {
    show: (await said(['show', orderId], { ...told, answers: [{ body }] })).text,
    stuck: (await said(['sagas', '--stuck'], { ...told, answers: [{ body: counts }, { body: list }] })).text,
  };
}

async function waiting(): Promise<readonly [ShopInMemory, string]> {
  const here = new ShopInMemory();
  return [here, await here.place('pm_card_threeDSecure2Required')];
}

async function failing(): Promise<readonly [ShopInMemory, string]> {
  const here = new ShopInMemory();
  here.stripe.before = unanswered;
  return [here, await here.place()];
}

async function exhausted(): Promise<readonly [ShopInMemory, string]> {
  const [here, orderId] = await failing();
  for (let tries = 0; tries < 4; tries += 1) await here.retry();
  expect(here.dead.length).toBeGreaterThan(0);
  return [here, orderId];
}

async function unheard(): Promise<readonly [ShopInMemory, string]> {
  const here = new ShopInMemory();
  here.deaf.add('inventory');
  const orderId = await here.place();
  here.nowMs += 61_000;
  return [here, orderId];
}

async function unrefunded(): Promise<readonly [ShopInMemory, string]> {
  const here = new ShopInMemory();
  here.stripe.before = (call) => void (call === 'refund' && disputed());
  here.deaf.add('order');
  const orderId = await here.place();
  await here.cancel(orderId);
  here.deaf.clear();
  await here.settle();
  return [here, orderId];
}

async function tableless(): Promise<readonly [ShopInMemory, string]> {
  const here = new ShopInMemory();
  here.deaf.add('payment');
  const orderId = await here.place();
  here.drop('payment');
  return [here, orderId];
}

/** The schedule comes once a minute at most, so an order may be a little past its deadline. */
const dueIn = (leftMs: number) => async (): Promise<readonly [ShopInMemory, string]> => {
  const here = new ShopInMemory();
  here.deaf.add('inventory');
  const orderId = await here.place();
  here.nowMs += DEADLINE_MS - leftMs;
  return [here, orderId];
};

test.each([
  [
    'a refund that is refused for good',
    unrefunded,
    /^payment +REFUNDING .*waits for the person: charge_disputed$/m,
    /payment +waits for the person$/m,
  ],
  [
    'a table that is missing',
    tableless,
    /^payment +unknown +its table cannot be read: ResourceNotFoundException$/m,
    /payment +payment: its table cannot be read: ResourceNotFoundException$/m,
  ],
  ['a deadline that is near', dueIn(30_000), /^deadline +\S+ \(in 30 s\)$/m, /; deadline in 30 s$/m],
  [
    'a deadline that is past',
    dueIn(-5_000),
    /^deadline +\S+ \(past its deadline for 5 s: the next nudge cancels it\)$/m,
    /; past its deadline for 5 s: the next nudge cancels it$/m,
  ],
  ['3-D Secure', waiting, /^waits for +customer$/m, /payment +waits for the customer$/m],
  [
    'a provider that is down',
    failing,
    /StripeConnectionError.*\(at .*1 attempt, next try/,
    /StripeConnectionError/,
  ],
  ['a dead letter', exhausted, /a dead letter: redrive it/, /a dead letter: redrive it/],
  [
    'a queue that nobody reads',
    unheard,
    /^stands at +inventory has yet to hear order.placed$/m,
    /inventory +inventory has yet to hear order.placed$/m,
  ],
] as const)('%s', async (_, prepare, inShow, inList) => {
  const [here, orderId] = await prepare();
  const { show, stuck } = await shown(here, orderId);
  expect(show).toMatch(inShow);
  expect(stuck).toContain(orderId);
  expect(stuck).toMatch(inList);
});

function disputed(): never {
  const type = 'invalid_request_error';
  throw new Stripe.errors.StripeInvalidRequestError({ type, code: 'charge_disputed', message: 'Disputed.' });
}
