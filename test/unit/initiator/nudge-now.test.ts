import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { nudging } from '../../../engine/initiator/nudge-now.ts';
import { alice, BEGIN_MS, DEADLINE_MS, olga, ShopInMemory } from '../../support/shop-in-memory.ts';
import { order } from '../../support/three-services.ts';

/** Goal: staff can have said again at once what an order last said, and who has done so stands in the audit. */
const body = { reason: 'the customer is on the phone' };

const handlerOf = (here: ShopInMemory) => nudging(order, here.edges('order'), () => DEADLINE_MS);
const nudge = async (here: ShopInMemory, orderId: string, wish: object = body, caller = olga) =>
  await here.call(handlerOf(here), caller, { path: { orderId }, body: wish });

const entriesOf = ({ stores }: ShopInMemory) =>
  [...stores.order.items.values()].filter(({ pk }) => pk.startsWith('audit#'));

/** An order that inventory has not heard of: the message is lost. */
async function lost() {
  const here = new ShopInMemory();
  here.deaf.add('inventory');
  const orderId = await here.place();
  here.loseAll();
  here.deaf.clear();
  return { here, orderId };
}

beforeEach(() => {
  vi.spyOn(process.stdout, 'write').mockReturnValue(true);
});
afterEach(() => {
  vi.restoreAllMocks();
});

test('a nudge says again what was lost, and its claim and its entry are one transaction', async () => {
  const { here, orderId } = await lost();
  const due = Number(here.stores.order.items.get(orderId)?.dueEpochSeconds);
  here.nowMs += 3_000;
  const answer = await nudge(here, orderId);
  expect(answer).toMatchObject({
    status: 200,
    body: { orderId, status: 'PENDING', says: ['order.placed'], dryRun: false },
  });
  const nextDue = Number(here.stores.order.items.get(orderId)?.dueEpochSeconds);
  expect(nextDue).toBe(BEGIN_MS / 1_000 + 3 + 10);
  expect(entriesOf(here)).toMatchObject([
    {
      ...{ act: 'nudge', about: [orderId], by: 'olga', role: 'operator', reason: body.reason },
      before: { status: 'PENDING', dueEpochSeconds: due },
      after: { status: 'PENDING', dueEpochSeconds: nextDue },
    },
  ]);
  expect(here.stores.order.writes.at(-1)).toHaveLength(2);
  await here.settle();
  expect(here.stores.order.items.get(orderId)?.status).toBe('CONFIRMED');
});

test('a dry run says what a nudge would say, needs no reason, and does nothing', async () => {
  const { here, orderId } = await lost();
  const before = here.stores.order.writes.length;
  const wish = { dryRun: true };
  expect(await nudge(here, orderId, wish)).toMatchObject({
    status: 200,
    body: { dryRun: true, says: ['order.placed'], status: 'PENDING' },
  });
  here.nowMs += DEADLINE_MS;
  expect(await nudge(here, orderId, wish)).toMatchObject({
    status: 200,
    body: { dryRun: true, says: ['order.cancelling'], orderId },
  });
  expect(here.stores.order.writes).toHaveLength(before);
});

test('past its deadline an order is cancelled by it, as by the schedule', async () => {
  const { here, orderId } = await lost();
  here.nowMs += DEADLINE_MS;
  expect(await nudge(here, orderId)).toMatchObject({
    status: 200,
    body: { status: 'CANCELLING', reason: { code: 'DEADLINE' }, says: ['order.cancelling'] },
  });
  expect(entriesOf(here)).toMatchObject([{ after: { status: 'CANCELLING' } }]);
});

test('two at once: each is in the audit, or is told to look again', async () => {
  const { here, orderId } = await lost();
  const answers = await Promise.all([nudge(here, orderId), nudge(here, orderId), nudge(here, orderId)]);
  const done = answers.filter(({ status }) => status === 200);
  expect(done.length).toBeGreaterThan(0);
  expect(entriesOf(here)).toHaveLength(done.length);
});

describe('it is refused', () => {
  test('of an order that has ended, or that there is not', async () => {
    const here = new ShopInMemory();
    const orderId = await here.place();
    const answer = await nudge(here, orderId);
    expect([answer.status, answer.body.detail]).toEqual([
      409,
      'This order waits for nothing: it is CONFIRMED.',
    ]);
    expect((await nudge(here, `ord_${'0'.repeat(24)}`)).status).toBe(404);
    expect(entriesOf(here)).toEqual([]);
  });

  test('without a reason, with more than that, and to whoever may not cancel for customers', async () => {
    const { here, orderId } = await lost();
    expect((await nudge(here, orderId, {})).status).toBe(422);
    expect((await nudge(here, orderId, { ...body, force: true })).status).toBe(422);
    for (const role of ['auditor', 'settlements', 'stock', 'dead-letters'])
      expect((await nudge(here, orderId, body, { principalId: 'sam', role })).status).toBe(403);
    expect((await nudge(here, orderId, body, alice)).status).toBe(403);
    expect((await nudge(here, orderId, body, { principalId: 'sam', role: 'support' })).status).toBe(200);
  });

  test('by nobody, if nothing can be published: the schedule says it later', async () => {
    const { here, orderId } = await lost();
    const edges = { ...here.edges('order'), publisher: { publish: () => Promise.reject(new Error('down')) } };
    const answer = await here.call(
      nudging(order, edges, () => DEADLINE_MS),
      olga,
      { path: { orderId }, body },
    );
    expect(answer).toMatchObject({ status: 202, body: { says: [], status: 'PENDING' } });
    expect(entriesOf(here)).toHaveLength(1);
  });
});
