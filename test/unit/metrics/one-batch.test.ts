import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Deferred } from '../../../engine/batch/deferred.ts';
import type { Item } from '../../../engine/batch/store.ts';
import { consume } from '../../../engine/consumer/consume.ts';
import { nudge } from '../../../engine/initiator/nudge.ts';
import { seal } from '../../../engine/saga/envelope.ts';
import { parseRetryDelays } from '../../../engine/saga/routes.ts';
import { payment } from '../../../functions/payment/payment.ts';
import type { Fact } from '../../../functions/shop.ts';
import { linesWithMetrics, metricsIn } from '../../support/emf.ts';
import { type Scene, scene } from '../../support/engine-runs.ts';
import { facts, orderIdOf } from '../../support/facts.ts';
import { orderItem } from '../../support/fuzz/saga-items.ts';
import { NOW_MS } from '../../support/fuzz/strict-edges.ts';
import { PaymentService } from '../../support/payment-service.ts';
import { SimulatedStripe } from '../../support/simulated-stripe.ts';
import { order, threeServices } from '../../support/three-services.ts';

/** Goal: a batch is one line, however many messages it has, and what is not settled is none. */
const written: string[] = [];
beforeEach(() => {
  vi.stubEnv('METRICS', 'all');
  vi.stubEnv('METRICS_NAMESPACE', 'order-saga-test');
  written.length = 0;
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => written.push(String(text)) > 0);
});
afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

const SAID_MS = NOW_MS + 1_000;
const LATER_MS = NOW_MS + 5_000;
const delays = parseRetryDelays('1s');
const fact = (number: number, type: keyof typeof facts): readonly [number, Fact] => [number, facts[type]];

/** A queue's messages of these facts, in one batch. */
const batchOf = (queue: string, ...said: readonly (readonly [number, Fact])[]) => delivered(queue, 0, said);

/** `returns`: how often the broker has given each of them back. */
const delivered = (queue: string, returns: number, said: readonly (readonly [number, Fact])[]) => ({
  eventSource: 'aws:rmq' as const,
  eventSourceArn: 'arn:aws:mq:eu-central-1:000000000000:broker:test:b-0',
  rmqMessagesByQueue: {
    [`${queue}::/`]: said.map(([number, { type, data }]) => {
      const event = seal(threeServices, { type, data } as Fact, {
        sagaId: orderIdOf(number),
        nowMs: SAID_MS,
      });
      const headers = { 'x-delivery-count': returns };
      const { source: userId, id: messageId } = event;
      const basicProperties = { messageId, type, contentType: null, userId, headers };
      return {
        ...{ basicProperties, redelivered: false },
        data: Buffer.from(JSON.stringify(event)).toString('base64'),
      };
    }),
  },
});

const valuesOf = () => Object.fromEntries(metricsIn(written).map(({ name, values }) => [name, values]));
const unasked = () => Promise.reject(new Error('nobody asks'));
const later = (items: readonly Item[]): Scene => scene(items, () => LATER_MS);

test('a batch of many orders is one line with all of their values', async () => {
  const pending = [1, 2, 3].map((number) => orderItem(orderIdOf(number), 'PENDING'));
  const here = later([...pending, orderItem(orderIdOf(4), 'CANCELLING')]);
  await consume(
    order,
    here.edges,
    delays,
  )(
    batchOf(
      'order',
      ...[fact(1, 'payment.captured'), fact(1, 'payment.captured'), fact(2, 'payment.captured')],
      ...[fact(3, 'stock.rejected'), fact(4, 'payment.voided'), fact(4, 'stock.released')],
    ),
  );
  expect(linesWithMetrics(written)).toHaveLength(1);
  const { StepLatency = [], SagaDurationConfirmed = [], SagaDurationCancelled = [] } = valuesOf();
  // A copy is no step of its own.
  expect(StepLatency).toEqual([4_000, 4_000, 4_000, 4_000, 4_000]);
  expect([SagaDurationConfirmed.length, SagaDurationCancelled.length]).toEqual([2, 2]);
});

test('a message that the broker has given back came again', async () => {
  const here = later([orderItem(orderIdOf(1), 'PENDING'), orderItem(orderIdOf(2), 'PENDING')]);
  const captured = [fact(1, 'payment.captured'), fact(2, 'payment.captured')];
  await consume(order, here.edges, delays)(delivered('order', 1, captured));
  expect(valuesOf().Redeliveries).toEqual([2]);
});

test('a batch that leads to no step is no line', async () => {
  const here = later([orderItem(orderIdOf(1), 'CONFIRMED')]);
  await consume(order, here.edges, delays)(batchOf('order', fact(1, 'payment.captured')));
  expect(linesWithMetrics(written)).toEqual([]);
});

test('a saga whose outcome cannot be said yet has ended once', async () => {
  const here = later([orderItem(orderIdOf(1), 'PENDING')]);
  const handle = consume(order, here.edges, delays);
  here.publisher.refuses = ({ type }) => (type === 'order.confirmed' ? new Error('no queue') : undefined);
  await handle(batchOf('order', fact(1, 'payment.captured')));
  expect(valuesOf().SagaDurationConfirmed).toHaveLength(1);
  written.length = 0;
  here.publisher.refuses = () => undefined;
  vi.spyOn(here.edges, 'now').mockReturnValue(LATER_MS + 1);
  await consume(order, here.edges, delays)(batchOf('order', fact(1, 'payment.captured')));
  expect(linesWithMetrics(written)).toEqual([]);
});

test('a webhook that has Stripe asked is a line of the service', async () => {
  const service = new PaymentService(new SimulatedStripe());
  await service.reserved(1, 'pm_card_threeDSecure2Required');
  const about = { type: 'payment_intent.succeeded', object: { metadata: { orderId: orderIdOf(1) } } };
  await service.post(about);
  expect(linesWithMetrics(written)).toHaveLength(1);
  expect(Object.keys(valuesOf())).toEqual(['OutsideAskChargeChallenged']);
  vi.stubEnv('METRICS', 'alarms');
  await service.post(about);
  expect(linesWithMetrics(written)).toHaveLength(1);
});

// It comes again, so it would count twice.
test('a batch that cannot be settled is no line', async () => {
  const here = later([]);
  here.publisher.refuses = () => new Error('the broker is gone');
  const never = payment({ prepare: unasked, call: unasked, undo: unasked, observe: unasked });
  const handle = consume(never, here.edges, delays);
  await expect(handle(batchOf('payment', fact(1, 'stock.reserved')))).rejects.toThrow('the broker is gone');
  expect(linesWithMetrics(written)).toEqual([]);
});

test('a call that the outside does not allow yet is told from one that failed', async () => {
  const deferred = () => Promise.reject(new Deferred('not now', 700));
  const handle = consume(
    payment({ prepare: deferred, call: unasked, undo: unasked, observe: unasked }),
    later([]).edges,
    delays,
  );
  await handle(batchOf('payment', fact(1, 'stock.reserved')));
  expect(Object.keys(valuesOf())).toEqual(['OutsidePrepareDeferred']);
});

test('how long a call takes is told in whole milliseconds', async () => {
  let nowMs = 5;
  vi.spyOn(performance, 'now').mockImplementation(() => nowMs);
  const slow = () => {
    nowMs += 250.4;
    return Promise.reject(new Error('no answer'));
  };
  const participant = payment({ prepare: slow, call: unasked, undo: unasked, observe: unasked });
  await consume(participant, later([]).edges, delays)(batchOf('payment', fact(1, 'stock.reserved')));
  expect(valuesOf()).toMatchObject({ OutsidePrepareFailed: [250] });
});

test('an event whose clock is ahead took no time, and not less', async () => {
  const here = scene([orderItem(orderIdOf(1), 'PENDING')], () => NOW_MS);
  await consume(order, here.edges, delays)(batchOf('order', fact(1, 'payment.captured')));
  expect(valuesOf()).toMatchObject({ StepLatency: [0] });
});

// DynamoDB refuses to go on from a place that is beyond the bound of the next page.
test('the schedule goes on behind no saga that is not due', async () => {
  const items = Array.from({ length: 1_000 }, (_, number) => orderItem(orderIdOf(number), 'PENDING'));
  const { edges, store } = scene(items, () => NOW_MS);
  const asked = vi.spyOn(store, 'query');
  const run = nudge(
    order,
    edges,
    () => 900_000,
    async () => 0,
  );
  expect(await run()).toEqual({ overdue: 0, nudged: 0, failed: 0 });
  expect(asked.mock.calls.map(([{ after }]) => after)).toEqual(Array.from({ length: 8 }, () => undefined));
  const shards = new Map<unknown, number>();
  for (const { dueShard } of items) shards.set(dueShard, (shards.get(dueShard) ?? 0) + 1);
  const counted = [...shards.values()].reduce((sum, number) => sum + Math.min(number, 100), 0);
  expect(Math.max(...shards.values())).toBeGreaterThan(100);
  expect(valuesOf()).toMatchObject({ OpenFrom0s: [counted], OldestOverdue: [0] });
});
