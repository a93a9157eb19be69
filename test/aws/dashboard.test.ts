import { afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import * as z from 'zod';
import { countDeadLetters } from '../../engine/dead-letters/count-dead-letters.ts';
import { dashboard } from '../../infra/aws/templates/dashboard.ts';
import { namespaceOf } from '../../infra/functions/variables.ts';
import { template } from '../support/aws/production.ts';
import { flawsOf } from '../support/aws/schema.ts';
import { alarms } from '../support/aws/templates.ts';
import { metricsIn } from '../support/emf.ts';
import { ShopInMemory } from '../support/shop-in-memory.ts';
import { unanswered } from '../support/simulated-stripe.ts';
import { threeServices as saga } from '../support/three-services.ts';

/**
 * Goal: no chart of the dashboard stays empty. Method: the real participants in memory go through whatever a chart is about, and
 * the metrics in the lines that they write are held against those that the dashboard names.
 */
const written: string[] = [];
const quiet = () =>
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => written.push(String(text)) > 0);
afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

const Metric = z
  .tuple([
    z.string(),
    z.string(),
    z.string(),
    z.string(),
    z.strictObject({ label: z.string(), stat: z.string().regex(/^(Sum|Maximum|SampleCount|p\d\d)$/) }),
  ])
  .transform(([namespace, name, dimension, value, { stat }]) => ({
    namespace,
    name,
    dimension,
    value,
    stat,
  }));
/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html */
const Body = z.strictObject({
  widgets: z.array(
    z.strictObject({
      type: z.literal('metric'),
      ...{ x: z.int().min(0).max(23), y: z.int().min(0) },
      ...{ width: z.int().min(1).max(24), height: z.int().min(1).max(1_000) },
      properties: z.strictObject({
        title: z.string().min(1),
        view: z.literal('timeSeries'),
        stacked: z.boolean(),
        period: z.literal(60),
        region: z.literal(`\${AWS::Region}`),
        metrics: z.array(Metric).min(1),
      }),
    }),
  ),
});
const Resource = z.object({ Properties: z.object({ DashboardBody: z.object({ 'Fn::Sub': z.string() }) }) });
const { DashboardBody } = Resource.parse(dashboard(saga, 'prod').Dashboard).Properties;
const { widgets } = Body.parse(JSON.parse(DashboardBody['Fn::Sub']));
const shown = widgets.flatMap(({ properties: { metrics } }) => metrics);

async function dead(service: 'order' | 'inventory'): Promise<void> {
  const shop = new ShopInMemory();
  shop.deaf.add(service);
  await shop.place();
  shop.drop(service);
  shop.deaf.clear();
  for (const _ of ['at once', 'after a delay', 'after another']) await shop.retry();
  expect(shop.dead).toHaveLength(1);
}

/** Stripe does not answer this call, and later it does. */
async function failing(call: string, work: (shop: ShopInMemory) => Promise<void>): Promise<void> {
  const shop = new ShopInMemory();
  shop.stripe.before = (asked) => {
    if (asked === call) unanswered();
  };
  await work(shop);
  for (const _ of ['after a delay', 'after another']) await shop.retry();
  expect(shop.dead).toHaveLength(1);
}

beforeAll(async () => {
  vi.stubEnv('METRICS', 'all');
  vi.stubEnv('METRICS_NAMESPACE', namespaceOf(saga, 'prod'));
  quiet();
  const shop = new ShopInMemory();
  await shop.place();
  await shop.place('pm_card_chargeDeclined');
  const challenged = await shop.place('pm_card_threeDSecure2Required');
  shop.nowMs += 20_000;
  await shop.nudge();
  await shop.cancel(challenged);
  await dead('order');
  await dead('inventory');
  const place = async (here: ShopInMemory) => void (await here.place());
  await failing('create', place);
  await failing('confirm', place);
  const cancelled = async (here: ShopInMemory) => {
    here.deaf.add('order');
    const orderId = await here.place();
    await here.cancel(orderId);
    here.deaf.clear();
  };
  await cancelled(new ShopInMemory());
  await failing('refund', cancelled);
  const unreadable = new ShopInMemory();
  unreadable.deaf.add('inventory');
  const orderId = await unreadable.place();
  const item = unreadable.stores.order.items.get(orderId);
  unreadable.stores.order.items.set(orderId, { ...item, pk: orderId, record: '{}' });
  unreadable.nowMs += 20_000;
  await unreadable.nudge();
  for (const service of saga.services) {
    await countDeadLetters(service, { count: async () => 1, oldestMs: async () => undefined })();
  }
  vi.restoreAllMocks();
});

test('each metric that it names is one that the functions write', () => {
  const own = shown.filter(({ namespace }) => namespace === namespaceOf(saga, 'prod'));
  expect(own.length).toBeGreaterThan(20);
  const named = ({ name, value }: (typeof own)[number]) => `${value} ${name}`;
  expect(own.filter(({ dimension }) => dimension !== 'service')).toEqual([]);
  const known = new Set(metricsIn(written).map(({ name, dimensions }) => `${dimensions.service} ${name}`));
  expect(own.map(named).filter((metric) => !known.has(metric))).toEqual([]);
});

const Looked = z.object({
  Namespace: z.string(),
  Dimensions: z.array(z.object({ Name: z.string(), Value: z.string() }).partial()),
});

describe('the dashboard', () => {
  test('names nobody else’s metrics but those of the API, as the alarms do', () => {
    const others = shown.filter(({ namespace }) => namespace !== namespaceOf(saga, 'prod'));
    const {
      Namespace,
      Dimensions: [{ Name, Value } = {}],
    } = Looked.parse(alarms.Resources.ServerErrors?.Properties);
    for (const { namespace, dimension, value } of others)
      expect([namespace, dimension, value]).toEqual([Namespace, Name, Value]);
    expect(others.length).toBeGreaterThan(0);
  });

  test('is part of the stack, and what CloudFormation takes', () => {
    const { Type = '', Properties = {} } = template.Resources.Dashboard ?? {};
    expect(Type).toBe('AWS::CloudWatch::Dashboard');
    expect(flawsOf('Dashboard', Type, Properties)).toEqual([]);
  });

  test('has each chart in a place of its own', () => {
    const cells = widgets.flatMap(({ x, y, width, height }) =>
      Array.from(
        { length: width * height },
        (_, cell) => `${x + (cell % width)} ${y + Math.floor(cell / width)}`,
      ),
    );
    expect(new Set(cells).size).toBe(cells.length);
    expect(widgets.every(({ x, width }) => x + width <= 24)).toBe(true);
  });
});
