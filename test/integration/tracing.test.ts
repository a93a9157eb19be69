import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import * as z from 'zod';
import { shop } from '../../functions/shop.ts';
import { dashboard } from '../../infra/aws/templates/dashboard.ts';
import { metricsIn } from '../support/emf.ts';
import { startCollector, treeOf } from '../support/otlp-collector.ts';
import { until } from '../support/saga/until.ts';
import { startWorld, type World } from '../support/saga/world.ts';

/**
 * Goal: one trace shows one order through all services, and metrics how all of them fare. Method: a whole system, whose spans go
 * to a collector of the test, and whose functions write their metrics to their log.
 */
let collector: Awaited<ReturnType<typeof startCollector>>;
let world: World;
let dataDir: string;
beforeAll(async () => {
  collector = await startCollector();
  dataDir = mkdtempSync(join(tmpdir(), 'order-saga-tracing-'));
  world = await startWorld({ OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, METRICS: 'all' }, { dataDir });
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

const Shown = z
  .tuple([z.string(), z.string(), z.string(), z.string(), z.unknown()])
  .transform(([namespace, name, , service]) => `${namespace} ${service} ${name}`);
const Body = z.object({
  widgets: z.array(z.object({ properties: z.object({ metrics: z.array(Shown) }) })),
});
/** Those of a stage that the dashboard shows, as `namespace service name`. */
const shownOn = (stage: string): readonly string[] => {
  const { DashboardBody } = z
    .object({ DashboardBody: z.object({ 'Fn::Sub': z.string() }) })
    .parse(dashboard(shop, stage).Dashboard?.Properties);
  return Body.parse(JSON.parse(DashboardBody['Fn::Sub'])).widgets.flatMap(
    ({ properties }) => properties.metrics,
  );
};

/** What the functions have written of it until now. */
const written = (): readonly string[] => {
  const lines = readFileSync(join(dataDir, 'logs', 'serverless-offline.log'), 'utf8').split('\n');
  return metricsIn(lines).map(
    ({ namespace, name, dimensions }) => `${namespace} ${dimensions.service} ${name}`,
  );
};

test('what the functions write of orders, of a run of the schedule and of dead letters is what the dashboard shows', async () => {
  await world.stock({ sku: 'cup', available: 10, unitPriceMinor: 1_000 });
  const alice = await world.customer();
  const orderId = await alice.place([{ sku: 'cup', quantity: 1 }]);
  expect(await alice.until(orderId)).toMatchObject({ status: 'CONFIRMED' });
  await world.nudge();
  for (const service of shop.services) await world.countDeadLetters(service);
  const wanted = [
    ...['inventory StepLatency', 'payment StepLatency', 'order StepLatency'],
    ...['payment OutsidePrepareIntentCreated', 'payment OutsideAskChargeCaptured'],
    ...['payment OutsideAskChargeDeclined', 'order SagaDurationConfirmed', 'order SagaDurationCancelled'],
    ...['order OldestOverdue', 'order OldestCancelling', 'order OpenFrom0s', 'order OpenFrom1d'],
    ...shop.services.map((service) => `${service} DeadLetters`),
  ].map((metric) => `order-saga-local ${metric}`);
  await until('all are written', async () => wanted.every((metric) => written().includes(metric)));
  const forAlarmsAlone = 'order-saga-local payment ChargesDeclined';
  const shown = [...shownOn('local'), forAlarmsAlone];
  expect([...new Set(written())].filter((metric) => !shown.includes(metric))).toEqual([]);
  expect(written()).toContain(forAlarmsAlone);
});
