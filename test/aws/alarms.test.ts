import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { run as runBatch } from '../../engine/batch/run.ts';
import { countDeadLetters, deadLettersOn } from '../../engine/dead-letters/count-dead-letters.ts';
import { nudge } from '../../engine/initiator/nudge.ts';
import { pascalCase } from '../../engine/saga/names.ts';
import { handler as authorizer } from '../../functions/identity/authorizer.ts';
import { order } from '../../functions/order/order.ts';
import type { Provider } from '../../functions/payment/decide.ts';
import { tellingDeclines } from '../../functions/payment/tell-declines.ts';
import { reconciling } from '../../functions/reconciliation/reconcile.ts';
import { shop } from '../../functions/shop.ts';
import { sagaVariables } from '../../infra/functions/variables.ts';
import { brokerWith } from '../support/asked-broker.ts';
import { AlarmSettings, isRaised } from '../support/aws/alarm.ts';
import { alarms } from '../support/aws/templates.ts';
import { toldTo } from '../support/aws/told-to.ts';
import { scene } from '../support/engine-runs.ts';
import { facts, orderIdOf } from '../support/facts.ts';
import { orderItem } from '../support/fuzz/saga-items.ts';
import { NOW_MS } from '../support/fuzz/strict-edges.ts';
import { BEGIN_MS, ShopAtRest } from '../support/reconciliation/shop-at-rest.ts';

/**
 * Goal: what the alarms count is what the functions really say. Method: the functions run, and the metrics in
 * the bytes they write are held against those that the alarms look at.
 */
const { Resources: resources } = alarms;

beforeAll(() => {
  vi.stubEnv('METRICS', 'alarms');
  vi.stubEnv('METRICS_NAMESPACE', sagaVariables(shop, 'prod').METRICS_NAMESPACE);
});
afterAll(() => {
  vi.unstubAllEnvs();
});

async function linesOf(work: () => Promise<unknown>): Promise<readonly string[]> {
  const written: string[] = [];
  const stdout = vi.spyOn(process.stdout, 'write');
  stdout.mockImplementation((text) => written.push(String(text)) > 0);
  try {
    await work();
  } finally {
    stdout.mockRestore();
  }
  return written;
}

describe.each(shop.services)('the alarm on dead letters of %s', (service) => {
  const name = `${pascalCase(service)}DeadLetters`;
  const alarm = AlarmSettings.parse(resources[name]?.Properties);

  /** What it is told by the function, which runs every minute; the broker does not answer where there is no number. */
  async function told(minutes: readonly (number | undefined)[]) {
    const values: (number | undefined)[] = [];
    for (const lying of minutes) {
      const { publisher } = brokerWith(lying === undefined ? {} : { [`${service}.dead`]: lying });
      const count = deadLettersOn(service, publisher, {
        visit: () => Promise.reject(new Error('not asked')),
      });
      const lines = await linesOf(() => countDeadLetters(service, count)().catch(() => {}));
      values.push(toldTo(name, lines)[0]);
    }
    return values;
  }
  const states = async (minutes: readonly (number | undefined)[]) => {
    const values = await told(minutes);
    return values.map((_, end) => isRaised(alarm, values.slice(0, end + 1)));
  };
  const quiet = [0, 0, 0, 0, 0];

  test('has another beside it for those that are too old', async () => {
    const linesAfter = (days: number) => {
      const oldestMs = async () => NOW_MS - days * 24 * 3_600_000;
      const lying = { count: async () => 1, oldestMs };
      return linesOf(
        countDeadLetters(
          service,
          lying,
          () => NOW_MS,
          () => 30,
        ),
      );
    };
    expect(toldTo(`${name}TooOld`, await linesAfter(30))).toEqual([1]);
    expect(toldTo(`${name}TooOld`, await linesAfter(29))).toEqual([]);
  });

  // Fails where what is counted is that a message became a dead letter: that is over after a minute.
  test('is raised once anything has lain there for five minutes, and over once it was redriven', async () => {
    const days = Array.from({ length: 3 * 24 * 60 }, () => 1);
    const found = await states([...quiet, ...days, 0]);
    const raised = quiet.length + 4;
    expect(found.slice(0, raised)).not.toContain(true);
    expect(found.slice(raised, -1)).not.toContain(false);
    expect(found.at(-1)).toBe(false);
  });

  // Fails where silence is left to TreatMissingData: the quiet minutes before it are looked at instead.
  test('is not raised by four minutes without an answer, but by five', async () => {
    const silence = quiet.map(() => undefined);
    expect(await states([...quiet, undefined, 0, ...silence.slice(1)])).not.toContain(true);
    expect((await states([...quiet, ...silence])).at(-1)).toBe(true);
    expect((await states([...quiet, 1, undefined, 1, undefined, 1])).at(-1)).toBe(true);
  });

  test('looks at what its own function counts, and at no other service’s', async () => {
    for (const other of shop.services) {
      const { publisher } = brokerWith({ [`${other}.dead`]: 7 });
      const count = deadLettersOn(other, publisher, {
        visit: () => Promise.reject(new Error('not asked')),
      });
      const lines = await linesOf(() => countDeadLetters(other, count)().catch(() => {}));
      expect(toldTo(name, lines)).toEqual(other === service ? [7] : []);
    }
  });
});

test('an alarm that fills nothing in notices a silence only when its old values are out of sight', () => {
  const alarm = AlarmSettings.parse({
    ...{ Statistic: 'Maximum', Period: 300, EvaluationPeriods: 1, DatapointsToAlarm: 1, Threshold: 0 },
    ...{ ComparisonOperator: 'GreaterThanThreshold', TreatMissingData: 'breaching' },
  });
  const afterSilence = (minutes: number) =>
    isRaised(alarm, [0, 0, 0, 0, 0, ...Array.from({ length: minutes }, () => undefined)]);
  expect([5, 10, 15].map(afterSilence)).toEqual([false, false, true]);
});

describe('the alarm on orders that do not end', () => {
  const alarm = AlarmSettings.parse(resources.OrdersOverdue?.Properties);
  const minute = 60_000;
  const deadlineMs = () => 15 * minute;
  const idle = async () => 0;
  const agesIn = (lines: readonly string[]) => toldTo('OrdersOverdue', lines);
  const waiting = Array.from({ length: 3 }, (_, number) => orderItem(orderIdOf(number), 'PENDING'));

  test.each([
    ['nudges', idle, 'up'],
    ['nudges nobody, for the queues are long', async () => 1_001, 'up'],
    ['cannot ask how long the queues are', () => Promise.reject(new Error('the broker is down')), 'down'],
    ['is not heard', idle, 'down'],
  ])('is told the age at a run that %s', async (_, backlog, broker) => {
    const { edges, publisher } = scene(waiting, () => NOW_MS + 5 * minute);
    if (broker === 'down') publisher.refuses = () => new Error('the broker is down');
    const lines = await linesOf(() => nudge(order, edges, deadlineMs, backlog)().catch(() => {}));
    expect(agesIn(lines)).toEqual([5 * 60 + 2]);
  });

  test('is told 0 when nothing is overdue', async () => {
    const { edges } = scene(waiting, () => NOW_MS);
    expect(agesIn(await linesOf(nudge(order, edges, deadlineMs, idle)))).toEqual([0]);
  });

  // Fails where age alone counts: each customer who leaves the page of the bank calls somebody in the night.
  test('is told nothing of an order that waits for its customer, until it is cancelled at its deadline', async () => {
    let nowMs = NOW_MS;
    const here = scene([orderItem(orderIdOf(1), 'PENDING')], () => nowMs);
    const input = facts['payment.challenged'];
    await runBatch(order, [{ sagaId: orderIdOf(1), input }], here.edges);
    const run = nudge(order, here.edges, deadlineMs, idle);
    for (const [minutes, age] of [
      [14, 0],
      [16, 0],
      [18, 18 * 60 + 2],
    ] as const) {
      nowMs = NOW_MS + minutes * minute;
      expect(agesIn(await linesOf(run)), `${minutes}`).toEqual([age]);
    }
  });

  /** What the schedule says of an order that nothing answers for, and then of none. */
  async function agesByMinute(stuck: number, quiet: number): Promise<readonly (number | undefined)[]> {
    let nowMs = NOW_MS;
    const { edges, store } = scene([orderItem(orderIdOf(1), 'PENDING')], () => nowMs);
    const run = nudge(order, edges, deadlineMs, idle);
    const ages: (number | undefined)[] = [];
    for (let minutes = 1; minutes <= stuck + quiet; minutes += 1) {
      if (minutes > stuck) store.items.clear();
      nowMs = NOW_MS + minutes * minute;
      ages.push(...agesIn(await linesOf(run)));
    }
    return ages;
  }

  // Fails where several reports in a row are wanted: a cancelling order is asked about less and less often.
  test('is raised after ten minutes, and stays until the order has ended', async () => {
    const [stuck, quiet] = [10 * 60, 2 * 60];
    const ages = await agesByMinute(stuck, quiet);
    expect(ages).toHaveLength(stuck + quiet);
    const states = ages.map((_, end) => isRaised(alarm, ages.slice(0, end + 1)));
    const raised = states.indexOf(true);
    expect([raised >= 9, raised <= 15]).toEqual([true, true]);
    expect(states.slice(raised, stuck)).not.toContain(false);
    expect(states.at(-1)).toBe(false);
  });
});

describe('the alarm on a reconciliation that disagrees', () => {
  const alarm = AlarmSettings.parse(resources.ReconciliationDisagrees?.Properties);
  const day = Array.from({ length: 24 * 60 - 1 }, () => undefined);

  /** What it is told by the function. */
  async function told(plant: (shop: ShopAtRest) => void, leftMs: number): Promise<unknown> {
    const shop = new ShopAtRest();
    shop.confirmed(1);
    plant(shop);
    shop.rest();
    const { books, ...sides } = shop.sides;
    const [from, to] = [BEGIN_MS - minuteMs, shop.clock.nowMs].map((ms) => new Date(ms).toISOString());
    const run = reconciling(async () => books, sides);
    const lines = await linesOf(() => run({ from, to }, { getRemainingTimeInMillis: () => leftMs }));
    const values = toldTo('ReconciliationDisagrees', lines);
    expect(values).toHaveLength(1);
    expect(toldTo('ReconciliationMissing', lines)).toEqual(values);
    return values[0];
  }
  const minuteMs = 60_000;
  const plenty = 900_000;

  test('is told 0 if all agree, and else how much there is to look at', async () => {
    expect(await told(() => {}, plenty)).toBe(0);
    expect(await told((shop) => shop.charged(orderIdOf(9)), plenty)).toBe(1);
    expect(await told(() => {}, 0)).toBe(1);
  });

  test('is raised for a day, until a later run has found nothing', () => {
    const found = [0, ...day, 1, ...day, 0, ...day, ...day.slice(0, 180)];
    const isRaisedAt = (minute: number) => isRaised(alarm, found.slice(0, minute));
    expect(isRaisedAt(24 * 60)).toBe(false);
    expect(isRaisedAt(24 * 60 + 1)).toBe(true);
    expect(isRaisedAt(2 * 24 * 60)).toBe(true);
    expect(isRaisedAt(found.length)).toBe(false);
  });
});

describe('the alarm on refunds that do not come', () => {
  const alarm = AlarmSettings.parse(resources.RefundAge?.Properties);
  const [hourMs, dayMs] = [3_600_000, 86_400_000];
  const owedIn = (lines: readonly string[]) => toldTo('RefundAge', lines);

  test.each([
    ['CANCELLING', 25 * hourMs, 25 * 3_600],
    ['PENDING', 25 * hourMs, 0],
  ] as const)('is told the age of an order that is %s', async (status, afterMs, seconds) => {
    const { edges } = scene([orderItem(orderIdOf(1), status)], () => NOW_MS + afterMs);
    const lines = await linesOf(
      nudge(
        order,
        edges,
        () => 900_000,
        async () => 0,
      ),
    );
    const [told = Number.NaN] = owedIn(lines);
    expect(Math.abs(Number(told) - seconds)).toBeLessThan(10);
  });

  test('is raised after a day, by the one line that the schedule writes in an hour', () => {
    const silence = Array.from({ length: 59 }, () => undefined);
    const raised = (ageMs: number) => isRaised(alarm, [ageMs / 1_000, ...silence]);
    expect([raised(dayMs - hourMs), raised(dayMs + hourMs)]).toEqual([false, true]);
  });
});

describe('the alarm on declined charges', () => {
  const { paymentIntentId, charge } = {
    paymentIntentId: 'pi_1',
    charge: { paymentIntentId: 'pi_1' } as Parameters<Provider['call']>[1],
  };
  const refused = { refused: { decline: { code: 'card_declined', message: 'no' } } } as never;
  const never = () => Promise.reject(new Error('it is not asked'));
  const answering = (answer: Awaited<ReturnType<Provider['call']>>): Provider =>
    tellingDeclines({ prepare: async () => refused, call: async () => answer, undo: never, observe: never });

  // The consumer and the webhook have Stripe charge by one provider.
  test('counts each charge, and whether it was declined', async () => {
    const valuesOf = async (work: () => Promise<unknown>) => toldTo('ChargesDeclined', await linesOf(work));
    const done = answering({ done: { paymentIntentId } });
    const orderId = orderIdOf(1);
    expect(await valuesOf(() => done.call(orderId, charge, false))).toEqual([0]);
    expect(await valuesOf(() => answering(refused).call(orderId, charge, false))).toEqual([1]);
    expect(await valuesOf(() => done.prepare(orderId, {} as never))).toEqual([1]);
    // Given up, because the order was cancelled meanwhile.
    expect(await valuesOf(() => answering(refused).call(orderId, charge, true, true))).toEqual([]);
  });

  test('is raised by the share of them, and not by a few', () => {
    expect(resources.ChargesDeclined?.Properties).toMatchObject({
      ...{ Threshold: 0.5, ComparisonOperator: 'GreaterThanThreshold', TreatMissingData: 'notBreaching' },
      Metrics: [
        { Id: 'share', MetricStat: { Stat: 'Average' } },
        { Id: 'charges', MetricStat: { Stat: 'SampleCount' } },
        { Expression: 'IF(charges >= 20, share, 0)' },
      ],
    });
  });
});

test('the alarm on tokens that cannot be checked counts an issuer that is down, and no forged token', async () => {
  const ask = (authorizationToken: string) =>
    authorizer({ type: 'TOKEN', authorizationToken, methodArn: 'arn' }).catch(() => {});
  const counted = async (token: string) => toldTo('TokensNotChecked', await linesOf(() => ask(token)));
  // Without an address of the keys nothing can be checked.
  expect(await counted('Bearer a.b.c')).toEqual([1]);
  expect(await counted('Bearer forged')).toEqual([]);
});

// Fails with a metric that nothing here or in person-alarms.test.ts writes: its alarm would never be raised.
test('no alarm looks at a line of the log, and each that looks at a metric of ours is told by a test', () => {
  expect(Object.values(resources).map(({ Type }) => Type)).not.toContain('AWS::Logs::MetricFilter');
  const ours = Object.entries(resources).flatMap(([name, { Type, Properties }]) =>
    Type === 'AWS::CloudWatch::Alarm' && JSON.stringify(Properties).includes('"Namespace":"order-saga-prod"')
      ? [name]
      : [],
  );
  expect(ours.toSorted()).toEqual(
    [
      ...shop.services.map(pascalCase).flatMap((name) => [`${name}DeadLetters`, `${name}DeadLettersTooOld`]),
      ...['OrdersOverdue', 'RefundAge', 'ReconciliationDisagrees', 'ReconciliationMissing'],
      ...['ChargesDeclined', 'TokensNotChecked'],
      // In person-alarms.test.ts.
      ...['PaymentNeedsPerson', 'ChargesChanged', 'WebhooksRefused'],
    ].toSorted(),
  );
});
