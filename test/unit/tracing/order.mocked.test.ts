import { trace } from '@opentelemetry/api';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { type CollectedSpan, startCollector, treeOf } from '../../support/otlp-collector.ts';

/**
 * Goal: one trace shows one order through all services, whatever happens to it. Method: the real participants in memory, and
 * a collector over HTTP, which gets what the SDK exports.
 */
let collector: Awaited<ReturnType<typeof startCollector>>;
let tracing: typeof import('../../../engine/tracing/tracing.ts');
let memory: typeof import('../../support/shop-in-memory.ts');
beforeAll(async () => {
  collector = await startCollector();
  // Read when the engine is imported.
  vi.stubEnv('OTEL_EXPORTER_OTLP_ENDPOINT', collector.url);
  memory = await import('../../support/shop-in-memory.ts');
  tracing = await import('../../../engine/tracing/tracing.ts');
}, 60_000);
afterAll(async () => {
  trace.disable();
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
  await collector.stop();
});
beforeEach(() => {
  vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  collector.spans.length = 0;
});

/** Resolves once this holds of what was collected. A busy machine is slower than any function waits for a collector. */
const eventually = (holds: (spans: readonly CollectedSpan[]) => void): Promise<void> =>
  vi.waitFor(
    async () => {
      await tracing.flushSpans();
      holds(collector.spans);
    },
    { timeout: 20_000, interval: 50 },
  );

/** Resolves once the trace that the POST began is this. */
const expectTrace = (tree: readonly string[]): Promise<void> =>
  eventually((spans) => {
    const began = spans.filter(({ name }) => name === 'POST /orders');
    expect(began).toHaveLength(1);
    expect(treeOf(spans, began[0]?.traceId ?? '')).toEqual(tree);
  });

/** What is below the POST, as it is indented. */
const below = ([text = '']: TemplateStringsArray): readonly string[] => [
  'order-saga-api: POST /orders',
  ...text
    .split('\n')
    .slice(1)
    .map((line) => line.slice(4)),
];

/** A shop with an order whose payment has heard nothing, as all that was on its way to it is lost. */
async function unheard() {
  const shop = new memory.ShopInMemory();
  shop.deaf.add('payment');
  const orderId = await shop.place();
  shop.loseAll();
  shop.deaf.clear();
  return [shop, orderId] as const;
}

describe('one trace', () => {
  test('of a declined order has every span below what caused it', async () => {
    const shop = new memory.ShopInMemory();
    const orderId = await shop.place('pm_card_chargeDeclined');
    await expectTrace(below`
      inventory: process order.placed
        inventory: publish stock.reserved
        payment: process stock.reserved
          inventory: process payment.declined
            inventory: publish stock.released
            order: process stock.released
              order: publish order.cancelled
          order: process payment.declined
          payment: outside ask
          payment: outside prepare
          payment: process payment.declined
          payment: publish payment.declined
      order: publish order.placed`);
    const ofOrder = collector.spans.filter(({ attributes }) => attributes.orderId === orderId);
    expect(new Set(ofOrder.map(({ service }) => service))).toEqual(
      new Set(['order', 'inventory', 'payment']),
    );
  });

  test('goes on where a message comes again', async () => {
    const shop = new memory.ShopInMemory();
    shop.stripe.before = () => {
      throw new Error('no answer');
    };
    await shop.place();
    shop.stripe.before = () => {};
    await shop.retry();
    await expectTrace(below`
      inventory: process order.placed
        inventory: publish stock.reserved
        payment: process stock.reserved
          payment: outside prepare
        payment: process stock.reserved
          order: process payment.captured
            order: publish order.confirmed
          payment: outside ask
          payment: outside prepare
          payment: publish payment.captured
        payment: publish stock.reserved
      order: publish order.placed`);
  });

  test('goes on where a nudge replaces what was lost', async () => {
    const [shop] = await unheard();
    shop.nowMs += 20_000;
    await shop.nudge();
    await expectTrace(below`
      inventory: process order.placed
        inventory: publish stock.reserved
        inventory: publish stock.reserved
        payment: process stock.reserved
          order: process payment.captured
            order: publish order.confirmed
          payment: outside ask
          payment: outside prepare
          payment: publish payment.captured
      inventory: process order.placed
      order: publish order.placed
      order: publish order.placed
      order: schedule nudge`);
  });

  test('goes on where the deadline passes', async () => {
    const [shop] = await unheard();
    shop.nowMs += memory.DEADLINE_MS + 1_000;
    await shop.nudge();
    await expectTrace(below`
      inventory: process order.placed
        inventory: publish stock.reserved
      order: publish order.placed
      order: schedule nudge
        inventory: process order.cancelling
          inventory: publish stock.released
          order: process stock.released
        order: process order.cancelling
        order: publish order.cancelling
        payment: process order.cancelling
          order: process payment.voided
            order: publish order.cancelled
          payment: publish payment.voided`);
  });

  test('goes on where the customer cancels', async () => {
    const [shop, orderId] = await unheard();
    await shop.cancel(orderId);
    await expectTrace(below`
      inventory: process order.cancelling
        inventory: publish stock.released
        order: process stock.released
      inventory: process order.placed
        inventory: publish stock.reserved
      order: process order.cancelling
      order: publish order.cancelling
      order: publish order.placed
      payment: process order.cancelling
        order: process payment.voided
          order: publish order.cancelled
        payment: publish payment.voided`);
  });
});

/** Places an order for somebody who traces, too. */
async function placeIn(traceparent: string): Promise<void> {
  const shop = new memory.ShopInMemory();
  const { place } = await import('../../support/three-services.ts');
  await shop.call(place(shop.edges('order')), memory.alice, {
    ...{ httpMethod: 'POST', resource: '/orders' },
    headers: { 'idempotency-key': 'traced-key', traceparent },
    body: { items: [{ sku: 'mug', quantity: 1 }], paymentMethod: 'pm_card_visa' },
  });
  await shop.settle();
}

test('a trace that the caller has begun goes on', async () => {
  await placeIn(`00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`);
  await eventually((spans) => {
    const own = spans.filter(({ traceId }) => traceId === 'a'.repeat(32));
    expect(own.find(({ name }) => name === 'POST /orders')?.parentSpanId).toBe('b'.repeat(16));
    expect(own.map(({ name }) => name)).toContain('process payment.captured');
  });
});

test('a trace that the caller does not record is not recorded here', async () => {
  await placeIn(`00-${'c'.repeat(32)}-${'d'.repeat(16)}-00`);
  // A batch has a trace of its own. That of the last message leaves last.
  await eventually((spans) =>
    expect(spans.filter(({ name }) => name === 'process batch').map(({ service }) => service)).toEqual([
      'inventory',
      'payment',
      'order',
    ]),
  );
  expect(collector.spans.filter(({ traceId }) => traceId === 'c'.repeat(32))).toEqual([]);
});

test('a message is linked to its batch, and the batch to what each of its messages was caused by', async () => {
  await new memory.ShopInMemory().place();
  await eventually((spans) => expect(spans.map(({ name }) => name)).toContain('process payment.captured'));
  const { spans } = collector;
  const piece = spans.find(({ name }) => name === 'process stock.reserved');
  const batch = spans.find(({ name, service }) => name === 'process batch' && service === 'payment');
  const { traceId = '', spanId = '' } = batch ?? {};
  expect(piece?.links).toMatchObject([{ traceId, spanId }]);
  expect(batch?.links).toMatchObject([{ traceId: piece?.traceId, spanId: piece?.parentSpanId }]);
  expect(batch?.parentSpanId).toBeUndefined();
  expect(batch?.attributes).toEqual({ 'messaging.batch.message_count': 1 });
});

test('a span says which error it was, and nothing of what the error says', async () => {
  const shop = new memory.ShopInMemory();
  shop.stripe.before = () => {
    throw new Error('about Alice');
  };
  await shop.place();
  await eventually((spans) => {
    const failed = spans.filter(({ status: { code } }) => code === 2);
    expect(failed.map(({ name, attributes }) => [name, attributes['error.type']])).toEqual([
      ['outside prepare', 'ProviderError'],
      ['process stock.reserved', 'ProviderError'],
    ]);
  });
  expect(JSON.stringify(collector.spans)).not.toContain('Alice');
});
