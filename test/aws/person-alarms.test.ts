import { describe, expect, test, vi } from 'vitest';
import { AlarmSettings, isRaised } from '../support/aws/alarm.ts';
import { filter } from '../support/aws/filter-pattern.ts';
import { alarms } from '../support/aws/templates.ts';
import { facts, orderIdOf } from '../support/facts.ts';
import type { Line } from '../support/logged.ts';
import { atSandbox, type SandboxedPayment } from '../support/sandboxed-payment.ts';

/**
 * Goal: what waits for a person, and what people and banks do about a charge, reaches somebody. Method: the functions run
 * against the payment sandbox, and the patterns of the metric filters are held against the lines they write.
 */
const { Resources: resources } = alarms;
let service: SandboxedPayment;
let logged: readonly Line[];
let orders = 0;

atSandbox((fresh) => {
  ({ service, logged } = fresh);
});

/** How many of the lines a function has written count for a metric. */
function countedBy(functionName: string, metric: string): number {
  const patterns = Object.values(resources)
    .filter(({ Type }) => Type === 'AWS::Logs::MetricFilter')
    .map(({ Properties }) => Properties)
    .filter(({ LogGroupName: name }) => name === `/aws/lambda/order-saga-prod-${functionName}`)
    .filter(({ MetricTransformations: made }) => JSON.stringify(made).includes(`"MetricName":"${metric}"`))
    .map(({ FilterPattern }) => filter(String(FilterPattern)));
  expect(patterns, `of ${functionName}`).toHaveLength(1);
  return logged.filter((line) => patterns[0]?.(JSON.stringify(line))).length;
}

const alarmOn = (name: string) => AlarmSettings.parse(resources[name]?.Properties);
const silence = (minutes: number): readonly undefined[] => Array.from({ length: minutes }, () => undefined);

/** An order with a charge that its bank has taken back. */
async function disputed(): Promise<number> {
  orders += 1;
  await service.disputed(orders);
  return orders;
}
const news = (order: number) => ({
  type: 'charge.dispute.created',
  object: { payment_intent: service.intentOf(order), metadata: {} },
});

describe('the alarm that a person is needed', () => {
  const alarm = alarmOn('PaymentNeedsPerson');

  test('counts a line whenever the schedule asks, until it is settled', async () => {
    const order = await disputed();
    for (const asked of [1, 2, 3]) {
      await service.consume(order, facts['order.cancelling']);
      expect(countedBy('payment', 'PaymentNeedsPerson')).toBe(asked);
    }
    await service.resolve(order);
    await service.consume(order, facts['order.cancelling']);
    expect(countedBy('payment', 'PaymentNeedsPerson')).toBe(3);
    expect(logged[0]).toEqual({
      ...{ level: 'error', message: 'a person is needed', service: 'payment', orderId: orderIdOf(order) },
      impasse: { waitingFor: 'person', reason: 'charge_disputed' },
    });
  });

  // Fails where only the queue's consumer tells: the order has ended, and the schedule never asks again.
  test('counts what a webhook finds, too', async () => {
    orders += 1;
    await service.reserved(orders, 'pm_card_refundFail');
    await service.cancelling(orders);
    expect(service.saidOf(orders)).toEqual(['payment.captured', 'payment.refunded']);
    const about = { payment_intent: service.intentOf(orders), metadata: { orderId: orderIdOf(orders) } };
    await vi.waitUntil(async () => {
      await service.post({ type: 'refund.failed', object: about });
      return service.stateOf(orders)?.impasse !== undefined;
    });
    expect(countedBy('stripe-webhook', 'PaymentNeedsPerson')).toBe(1);
  });

  test('is raised by one line, and not over before the schedule asks again', () => {
    const asked = [1, ...silence(59), 1, ...silence(59), 1, ...silence(80)];
    const isRaisedAfter = (minutes: number) => isRaised(alarm, asked.slice(0, minutes));
    for (let minute = 1; minute <= 180; minute += 1) expect(isRaisedAfter(minute), `${minute}`).toBe(true);
    expect(isRaisedAfter(asked.length)).toBe(false);
  });
});

test('a charge that others have changed raises an alarm, and no look that has found nothing', async () => {
  const order = await disputed();
  for (const _ of [1, 2]) await service.post(news(order));
  expect(countedBy('stripe-webhook', 'ChargesChanged')).toBe(1);
  expect(isRaised(alarmOn('ChargesChanged'), [1, ...silence(4)])).toBe(true);
});

test('webhooks that Stripe has not signed raise an alarm if many come for a quarter of an hour', async () => {
  const order = await disputed();
  await service.post(news(order), { secret: 'whsec_guessed' });
  expect(countedBy('stripe-webhook', 'WebhooksRefused')).toBe(1);
  const alarm = alarmOn('WebhooksRefused');
  const perMinute = (times: number, minutes: number) => Array.from({ length: minutes }, () => times);
  expect(isRaised(alarm, [...silence(30), ...perMinute(2, 15)])).toBe(true);
  expect(isRaised(alarm, [...silence(30), ...perMinute(1, 15)])).toBe(false);
  expect(isRaised(alarm, [...silence(30), ...perMinute(9, 5)])).toBe(false);
});
