import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { scopeIn, tellAlarm } from '../../../engine/metrics/metrics.ts';
import { needsPerson } from '../../../engine/metrics/names.ts';
import { linesWithMetrics, metricsIn } from '../../support/emf.ts';
import { BEGIN_MS, ShopInMemory } from '../../support/shop-in-memory.ts';
import { unanswered } from '../../support/simulated-stripe.ts';

/**
 * Goal: what happens to orders can be read off the metrics, and nobody pays for more. Method: the real participants in memory,
 * and the very lines that they write.
 */
const written: string[] = [];
let shop: ShopInMemory;
beforeEach(() => {
  vi.stubEnv('METRICS', 'all');
  vi.stubEnv('METRICS_NAMESPACE', 'order-saga-test');
  written.length = 0;
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => written.push(String(text)) > 0);
  shop = new ShopInMemory();
});
afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

/** All values of a metric of a service, by `service name`. */
const valuesByName = (): Readonly<Record<string, readonly number[]>> => {
  const all: Record<string, number[]> = {};
  for (const { dimensions, name, values } of metricsIn(written)) {
    const key = `${dimensions.service} ${name}`;
    all[key] = [...(all[key] ?? []), ...values];
  }
  return all;
};
const servicesOfLines = () => linesWithMetrics(written).map((line) => JSON.parse(line).service as string);

describe('a saga costs as many lines as it has steps that hear something', () => {
  test('a paid order three, of less than a kilobyte together', async () => {
    await shop.place();
    expect(servicesOfLines()).toEqual(['inventory', 'payment', 'order']);
    expect(Buffer.byteLength(linesWithMetrics(written).join(''))).toBeLessThan(1_024);
    expect(Object.keys(valuesByName()).toSorted()).toEqual(
      [
        ...['inventory StepLatency', 'payment StepLatency', 'order StepLatency'],
        ...['payment OutsidePrepareIntentCreated', 'payment OutsideAskChargeCaptured'],
        'order SagaDurationConfirmed',
      ].toSorted(),
    );
  });

  test('a declined one five', async () => {
    await shop.place('pm_card_chargeDeclined');
    expect(servicesOfLines().toSorted()).toEqual(['inventory', 'inventory', 'order', 'order', 'payment']);
    expect(valuesByName()).toMatchObject({
      'payment OutsideAskChargeDeclined': [expect.any(Number)],
      'order SagaDurationCancelled': [0],
    });
  });
});

test.each([undefined, '', 'none', 'alarms'])('with METRICS %j a batch writes none', async (setting) => {
  vi.stubEnv('METRICS', setting);
  await shop.place();
  await shop.place('pm_card_chargeDeclined');
  expect(linesWithMetrics(written)).toEqual([]);
});

test('where no stage is, nothing is written', async () => {
  vi.stubEnv('METRICS_NAMESPACE', '');
  await shop.place();
  expect(written).toEqual([]);
});

test('each has one dimension, the service, and nothing that tells an order or a person', async () => {
  const orderId = await shop.place();
  const found = metricsIn(written);
  for (const { namespace, dimensions, atMs } of found) {
    expect([namespace, Object.keys(dimensions), atMs]).toEqual(['order-saga-test', ['service'], BEGIN_MS]);
  }
  expect(new Set(found.map(({ unit }) => unit))).toEqual(new Set(['Milliseconds']));
  const lines = linesWithMetrics(written).join('');
  for (const personal of [orderId, 'alice', 'mug', 'pm_card']) expect(lines).not.toContain(personal);
});

describe('what is measured', () => {
  test('is the time from an event to its step, and the time of the whole saga', async () => {
    shop.deaf.add('payment').add('order');
    await shop.place();
    shop.nowMs += 300;
    shop.deaf.delete('payment');
    await shop.settle();
    shop.nowMs += 2_000;
    shop.deaf.clear();
    await shop.settle();
    expect(valuesByName()).toMatchObject({
      'inventory StepLatency': [0],
      'payment StepLatency': [300],
      'order StepLatency': [2_000],
      'order SagaDurationConfirmed': [2_300],
    });
  });

  // Fails where every message counts: the schedule has those of a stuck saga come again and again, ever later.
  test('is no step that a message leads to which comes again', async () => {
    shop.deaf.add('payment');
    await shop.place();
    const before = valuesByName()['inventory StepLatency'];
    shop.nowMs += 20_000;
    await shop.nudge();
    expect(valuesByName()['inventory StepLatency']).toEqual(before);
    expect(valuesByName()['order Nudges']).toEqual([1]);
  });

  test('is what comes again, whatever becomes of it', async () => {
    shop.stripe.before = unanswered;
    await shop.place();
    expect(valuesByName()).toMatchObject({ 'payment OutsidePrepareFailed': [expect.any(Number)] });
    expect(valuesByName()).not.toHaveProperty(['payment Redeliveries']);
    await shop.retry();
    expect(valuesByName()['payment Redeliveries']).toEqual([1]);
    shop.stripe.before = () => {};
    shop.nowMs += 6_000;
    await shop.retry();
    expect(valuesByName()).toMatchObject({
      'payment Redeliveries': [1, 1],
      'payment StepLatency': [6_000],
      'order SagaDurationConfirmed': [6_000],
    });
  });

  test('is a dead letter, of the service that made it', async () => {
    shop.stripe.before = unanswered;
    await shop.place();
    await shop.retry();
    await shop.retry();
    expect(shop.dead).toHaveLength(1);
    expect(valuesByName()).toMatchObject({
      'payment NewDeadLetters': [1],
      'payment OutsidePrepareFailed': [expect.any(Number), expect.any(Number), expect.any(Number)],
    });
    expect(Object.keys(valuesByName()).filter((name) => name.endsWith('NewDeadLetters'))).toHaveLength(1);
  });

  test('is a saga once, however often its outcome is said', async () => {
    await shop.place('pm_card_chargeDeclined');
    shop.nowMs += 1;
    const ended = valuesByName()['order SagaDurationCancelled'];
    expect(ended).toEqual([0]);
    await shop.place('pm_card_chargeDeclined', 'key-1');
    expect(valuesByName()['order SagaDurationCancelled']).toEqual(ended);
  });
});

describe('a run of the schedule', () => {
  test('tells open sagas by age, and the oldest that is overdue', async () => {
    shop.deaf.add('inventory');
    await shop.place();
    shop.nowMs += 100_000;
    await shop.place();
    written.length = 0;
    await shop.nudge();
    expect(valuesByName()).toMatchObject({
      ...{ 'order OpenFrom0s': [1], 'order OpenFrom1m': [1], 'order OpenFrom10m': [0] },
      ...{ 'order OldestOverdue': [100], 'order OldestCancelling': [0], 'order Nudges': [1] },
    });
  });

  test('looks once at each shard, and at what is due alone where no more is wanted', async () => {
    shop.deaf.add('inventory');
    for (let order = 0; order < 3; order += 1) await shop.place();
    const query = vi.spyOn(shop.stores.order, 'query');
    const asked = () => query.mock.calls.map(([{ range }]) => range);
    await shop.nudge();
    expect(asked()).toEqual(Array.from({ length: 8 }, () => undefined));
    expect(valuesByName()).toMatchObject({ 'order OpenFrom0s': [3], 'order OldestOverdue': [0] });
    expect(valuesByName()).not.toHaveProperty(['order Nudges']);
    query.mockClear();
    vi.stubEnv('METRICS', 'alarms');
    await shop.nudge();
    expect(asked()).not.toContain(undefined);
  });

  test('tells no more than the alarms need where no more is wanted', async () => {
    vi.stubEnv('METRICS', 'alarms');
    shop.deaf.add('inventory');
    await shop.place();
    shop.nowMs += 20_000;
    await shop.nudge();
    expect(valuesByName()).toEqual({ 'order OldestOverdue': [20], 'order OldestCancelling': [0] });
  });

  test('tells of a saga that it cannot have say anything again', async () => {
    shop.deaf.add('inventory');
    const orderId = await shop.place();
    const item = shop.stores.order.items.get(orderId);
    shop.stores.order.items.set(orderId, { ...item, pk: orderId, record: '{}' });
    shop.nowMs += 20_000;
    await shop.nudge();
    expect(valuesByName()).toMatchObject({ 'order FailedNudges': [1] });
    expect(valuesByName()).not.toHaveProperty(['order Nudges']);
  });

  test('writes one line if it nudges nobody, and one more for each batch that it nudges', async () => {
    await shop.nudge();
    expect(servicesOfLines()).toEqual(['order']);
    shop.deaf.add('inventory');
    await shop.place();
    shop.nowMs += 20_000;
    written.length = 0;
    await shop.nudge();
    expect(servicesOfLines()).toEqual(['order', 'order']);
  });
});

test('the setting is one of three, or nothing is measured', () => {
  expect([undefined, '', 'none', 'alarms', 'all'].map(scopeIn)).toEqual([
    ...['none', 'none', 'none', 'alarms', 'all'],
  ]);
  expect(() => scopeIn('some')).toThrow('METRICS is "some": it has to be none, alarms, all');
});

test.each([
  ['all', [1, 0]],
  ['alarms', [1, 0]],
  ['none', []],
  ['', []],
])('with METRICS %j an alarm is told %j', (setting, told) => {
  vi.stubEnv('METRICS', setting);
  tellAlarm('payment', needsPerson, BEGIN_MS);
  tellAlarm('payment', needsPerson, BEGIN_MS, 0);
  expect(valuesByName()['payment NeedsPerson'] ?? []).toEqual(told);
});
