import { afterAll, beforeAll, expect, test } from 'vitest';
import { startCollector, treeOf } from '../support/otlp-collector.ts';
import { until } from '../support/saga/until.ts';
import { startWorld, type World } from '../support/saga/world.ts';

/**
 * Goal: one trace shows one order through all services. Method: a whole system, whose spans go to a collector of the test.
 */
let collector: Awaited<ReturnType<typeof startCollector>>;
let world: World;
beforeAll(async () => {
  collector = await startCollector();
  world = await startWorld({ OTEL_EXPORTER_OTLP_ENDPOINT: collector.url });
});
afterAll(async () => {
  await world?.end();
  await collector?.stop();
});

test('of a declined order every span leaves, below what caused it', async () => {
  await world.stock({ sku: 'mug', available: 10, unitPriceMinor: 1_000 });
  const alice = await world.customer();
  const orderId = await alice.place([{ sku: 'mug', quantity: 1 }], 'pm_card_chargeDeclined');
  expect(await alice.until(orderId)).toMatchObject({ status: 'CANCELLED' });
  const ofOrder = () => collector.spans.filter(({ attributes }) => attributes.orderId === orderId);
  await until('its last span is there', async () =>
    collector.spans.some(({ name }) => name === 'publish order.cancelled'),
  );
  const traces = new Set(ofOrder().map(({ traceId }) => traceId));
  expect([...traces]).toHaveLength(1);
  const [traceId = ''] = traces;
  await until('all messages are settled', async () => treeOf(collector.spans, traceId).length >= 14);
  expect(treeOf(collector.spans, traceId)).toEqual([
    'order-saga-api: POST /orders',
    '  inventory: process order.placed',
    '    inventory: publish stock.reserved',
    '    payment: process stock.reserved',
    '      inventory: process payment.declined',
    '        inventory: publish stock.released',
    '        order: process stock.released',
    '          order: publish order.cancelled',
    '      order: process payment.declined',
    '      payment: outside ask',
    '      payment: outside prepare',
    '      payment: process payment.declined',
    '      payment: publish payment.declined',
    '  order: publish order.placed',
  ]);
});
