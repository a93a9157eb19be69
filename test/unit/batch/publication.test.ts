import { describe, expect, test } from 'vitest';
import { UnroutableError } from '../../../engine/batch/publish-error.ts';
import { run } from '../../../engine/batch/run.ts';
import type { Command } from '../../../engine/saga/initiator.ts';
import type { Placed } from '../../../functions/order/decide.ts';
import type { Fact } from '../../../functions/shop.ts';
import {
  cancelling,
  kindsOf,
  placed,
  recordOf,
  reserve,
  type Scene,
  scene,
  statusOf,
  stock,
} from '../../support/engine-runs.ts';
import { customerId, facts, items, orderIdOf, paymentMethod } from '../../support/facts.ts';
import { order } from '../../support/three-services.ts';

describe('an event is published', () => {
  test('only after what it tells is stored', async () => {
    const here = scene([stock('mug', 5)]);
    const storedFirst: boolean[] = [];
    here.publisher.refuses = ({ body }) => {
      storedFirst.push(recordOf(here, 1)?.outbox === body);
      return undefined;
    };
    await reserve([placed(1), cancelling(1)], here);
    expect(storedFirst).toEqual([true, true]);
  });

  test('or its message has failed, though the step is done; others are not concerned', async () => {
    const here = scene([stock('mug', 5)]);
    here.publisher.refuses = ({ messageId }) =>
      messageId.startsWith(orderIdOf(1)) ? new UnroutableError('no queue') : undefined;
    const outcomes = await reserve([placed(1), placed(2)], here);
    expect(outcomes).toMatchObject([
      { kind: 'failed', error: expect.any(UnroutableError), record: { state: { status: 'RESERVED' } } },
      { kind: 'done' },
    ]);
    expect(recordOf(here, 1)).toMatchObject({ status: 'RESERVED' });
  });

  test('again, as it was, when its message comes again: same id, same time, same body', async () => {
    let nowMs = 1_800_000_000_000;
    const here = scene([stock('mug', 5)], () => nowMs);
    await reserve([placed(1)], here);
    nowMs += 3_600_000;
    await reserve([placed(1)], here);
    const [first, again] = here.publisher.published;
    expect(again).toEqual(first);
    expect(JSON.parse(String(again?.body))).toMatchObject({
      id: again?.messageId,
      time: '2027-01-15T08:00:00.000Z',
    });
  });

  test('to the exchange of its kind, mandatory unless nobody has to listen', async () => {
    const here = scene([stock('mug', 1)]);
    await reserve([placed(1), placed(2), cancelling(1)], here);
    const { edges, publisher } = scene();
    await run(order, [{ sagaId: orderIdOf(3), input: place }], edges);
    await run(order, [{ sagaId: orderIdOf(3), input: facts['payment.captured'] }], edges);
    const routes = [...here.publisher.published, ...publisher.published].map(
      ({ exchange, routingKey, type, mandatory }) => [exchange, routingKey, type === routingKey, mandatory],
    );
    expect(routes).toEqual(
      expect.arrayContaining([
        ['saga.events', 'stock.reserved', true, true],
        ['saga.failures', 'stock.rejected', true, true],
        ['saga.events', 'stock.released', true, true],
        ['saga.events', 'order.placed', true, true],
        ['saga.events', 'order.confirmed', true, false],
      ]),
    );
    expect(routes).toHaveLength(5);
  });

  test('with the trace of the message that caused it', async () => {
    const here = scene([stock('mug', 5)]);
    const traceparent = `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`;
    await reserve([{ ...placed(1), traceparent }], here);
    expect(JSON.parse(String(here.publisher.published[0]?.body))).toMatchObject({ traceparent });
  });
});

const place: Command<Placed> = {
  type: 'place',
  placed: { customerId, items, paymentMethod, fingerprint: 'body', createdAtMs: 0 },
};
const give = async (input: Command<Placed> | Fact, { edges }: Scene) =>
  (await run(order, [{ sagaId: orderIdOf(1), input }], edges)).map(statusOf);

describe('a step that says nothing', () => {
  test('publishes nothing and leaves what was said before to be repeated', async () => {
    const here = scene();
    await give(place, here);
    expect(await give(facts['stock.released'], here)).toEqual(['PENDING']);
    expect(here.publisher.ids).toEqual([`${orderIdOf(1)}:order.placed`]);
    expect(await give(place, here)).toEqual(['PENDING']);
    expect(here.publisher.published[1]).toEqual(here.publisher.published[0]);
  });

  test('or unsays what was said before, publishes nothing when it is repeated', async () => {
    const here = scene();
    await give(place, here);
    expect(await give(facts['payment.declined'], here)).toEqual(['CANCELLING']);
    await give({ type: 'cancel', by: 'CUSTOMER' }, here);
    expect(here.publisher.ids).toEqual([`${orderIdOf(1)}:order.placed`]);
  });
});

test('what is ignored or refused is not written, and says what is stored; only what was done for nobody is undone', async () => {
  const here = scene();
  await give(place, here);
  const writes = here.store.writes.length;
  const outcomes = await run(
    order,
    [
      { sagaId: orderIdOf(1), input: facts['order.cancelling'] },
      { sagaId: orderIdOf(1), input: facts['stock.reserved'] },
      { sagaId: orderIdOf(2), input: facts['payment.captured'] },
    ],
    here.edges,
  );
  expect(kindsOf(outcomes)).toEqual(['ignored', 'refused', 'refused']);
  expect(outcomes).toMatchObject([
    { record: { state: { status: 'PENDING' } } },
    { record: { state: { status: 'PENDING' } } },
    { reason: expect.stringContaining('never placed'), record: undefined },
  ]);
  expect(here.store.writes).toHaveLength(writes);
  // The charge for an order that never was is refunded: payment hears of a failure.
  expect(here.publisher.ids).toEqual([`${orderIdOf(1)}:order.placed`, `${orderIdOf(2)}:order.cancelling`]);
  expect(JSON.parse(String(here.publisher.published.at(-1)?.body)).data).toEqual({
    customerId: 'customer-1',
    cause: 'NEVER_PLACED',
  });
});
