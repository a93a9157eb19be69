import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { OpenPage, Timeline } from '../../../api/calls.ts';
import { sagasReader } from '../../../engine/insight/sagas-reader.ts';
import { timelineReader } from '../../../engine/insight/timeline-reader.ts';

import { BEGIN_MS, DEADLINE_MS, olga, type ShopInMemory } from '../../support/shop-in-memory.ts';
import {
  challenged,
  deadLettered,
  deadlineIn,
  providerDown,
  queueWithoutConsumer,
  refundRefused,
  type Stuck,
  tableMissing,
} from '../../support/stuck.ts';
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

/** As long as it takes until somebody looks at what only does not go on. */
const ofAMinuteAgo = async (nowMs: number): Promise<Stuck> => {
  const [here, orderId] = await queueWithoutConsumer(nowMs);
  here.nowMs += 61_000;
  return [here, orderId];
};

test.each([
  [
    'a refund that is refused for good',
    refundRefused,
    /^payment +REFUNDING .*waits for the person: charge_disputed$/m,
    /payment +waits for the person$/m,
  ],
  [
    'a table that is missing',
    tableMissing,
    /^payment +unknown +its table cannot be read: ResourceNotFoundException$/m,
    /payment +payment: its table cannot be read: ResourceNotFoundException$/m,
  ],
  ['a deadline that is near', deadlineIn(30_000), /^deadline +\S+ \(in 30 s\)$/m, /; deadline in 30 s$/m],
  [
    'a deadline that is past',
    deadlineIn(-5_000),
    /^deadline +\S+ \(past its deadline for 5 s: the next nudge cancels it\)$/m,
    /; past its deadline for 5 s: the next nudge cancels it$/m,
  ],
  ['3-D Secure', challenged, /^waits for +customer$/m, /payment +waits for the customer$/m],
  [
    'a provider that is down',
    providerDown,
    /StripeConnectionError.*\(at .*1 attempt, next try/,
    /StripeConnectionError/,
  ],
  ['a dead letter', deadLettered, /a dead letter: redrive it/, /a dead letter: redrive it/],
  [
    'a queue that nobody reads',
    ofAMinuteAgo,
    /^stands at +inventory has yet to hear order.placed$/m,
    /inventory +inventory has yet to hear order.placed$/m,
  ],
] as const)('%s', async (_, prepare, inShow, inList) => {
  const [here, orderId] = await prepare(BEGIN_MS);
  const { show, stuck } = await shown(here, orderId);
  expect(show).toMatch(inShow);
  expect(stuck).toContain(orderId);
  expect(stuck).toMatch(inList);
});
