import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { shop } from '../../functions/shop.ts';
import { namespaceOf } from '../../infra/functions/variables.ts';
import { AlarmSettings, isRaised } from '../support/aws/alarm.ts';
import { alarms } from '../support/aws/templates.ts';
import { toldTo } from '../support/aws/told-to.ts';
import { facts, orderIdOf } from '../support/facts.ts';
import type { Line } from '../support/logged.ts';
import { atSandbox, type SandboxedPayment } from '../support/sandboxed-payment.ts';

/**
 * Goal: what waits for a person, and what people and banks do about a charge, reaches somebody. Method: the functions run
 * against the payment sandbox, and the metrics in the lines they write are held against those that the alarms look at.
 */
const { Resources: resources } = alarms;
let service: SandboxedPayment;
let logged: readonly Line[];
let orders = 0;

beforeAll(() => {
  vi.stubEnv('METRICS', 'alarms');
  vi.stubEnv('METRICS_NAMESPACE', namespaceOf(shop, 'prod'));
});
afterAll(() => {
  vi.unstubAllEnvs();
});
atSandbox((fresh) => {
  ({ service, logged } = fresh);
});

/** What the lines that the functions have written tell an alarm. */
const told = (alarm: string) =>
  toldTo(
    alarm,
    logged.map((line) => JSON.stringify(line)),
  );

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

  test('is told whenever the schedule asks, until it is settled', async () => {
    const order = await disputed();
    for (const asked of [1, 2, 3]) {
      await service.consume(order, facts['order.cancelling']);
      expect(told('PaymentNeedsPerson')).toHaveLength(asked);
    }
    await service.resolve(order);
    await service.consume(order, facts['order.cancelling']);
    expect(told('PaymentNeedsPerson')).toEqual([1, 1, 1]);
    expect(logged[0]).toEqual({
      ...{ level: 'error', message: 'a person is needed', service: 'payment', orderId: orderIdOf(order) },
      impasse: { waitingFor: 'person', reason: 'charge_disputed' },
    });
  });

  // Fails where only the queue's consumer tells: the order has ended, and the schedule never asks again.
  test('is told what a webhook finds, too', async () => {
    orders += 1;
    await service.reserved(orders, 'pm_card_refundFail');
    await service.cancelling(orders);
    expect(service.saidOf(orders)).toEqual(['payment.captured', 'payment.refunded']);
    const about = { payment_intent: service.intentOf(orders), metadata: { orderId: orderIdOf(orders) } };
    await vi.waitUntil(async () => {
      await service.post({ type: 'refund.failed', object: about });
      return service.stateOf(orders)?.impasse !== undefined;
    });
    expect(told('PaymentNeedsPerson')).toEqual([1]);
  });

  test('is raised by one report, and not over before the schedule asks again', () => {
    const asked = [1, ...silence(59), 1, ...silence(59), 1, ...silence(80)];
    const isRaisedAfter = (minutes: number) => isRaised(alarm, asked.slice(0, minutes));
    for (let minute = 1; minute <= 180; minute += 1) expect(isRaisedAfter(minute), `${minute}`).toBe(true);
    expect(isRaisedAfter(asked.length)).toBe(false);
  });
});

test('a charge that others have changed raises an alarm, and no look that has found nothing', async () => {
  const order = await disputed();
  for (const _ of [1, 2]) await service.post(news(order));
  expect(told('ChargesChanged')).toEqual([1]);
  expect(isRaised(alarmOn('ChargesChanged'), [1, ...silence(4)])).toBe(true);
});

test('webhooks that Stripe has not signed raise an alarm if many come for a quarter of an hour', async () => {
  const order = await disputed();
  await service.post(news(order), { secret: 'whsec_guessed' });
  expect(told('WebhooksRefused')).toEqual([1]);
  const alarm = alarmOn('WebhooksRefused');
  const perMinute = (times: number, minutes: number) => Array.from({ length: minutes }, () => times);
  expect(isRaised(alarm, [...silence(30), ...perMinute(2, 15)])).toBe(true);
  expect(isRaised(alarm, [...silence(30), ...perMinute(1, 15)])).toBe(false);
  expect(isRaised(alarm, [...silence(30), ...perMinute(9, 5)])).toBe(false);
});
