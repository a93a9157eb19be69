import { expect, test } from 'vitest';
import { metricsOn } from '../../infra/aws/metrics-setting.ts';
import { functions, shortName } from '../support/aws/production.ts';
import { alarms } from '../support/aws/templates.ts';

// Fails where the setting of a laptop, which is none, is deployed: an alarm that hears nothing is never raised.
test('whatever is deployed measures what its alarms look at, and all unless less is wanted', () => {
  expect(['', 'all', 'alarms'].map(metricsOn)).toEqual(['all', 'all', 'alarms']);
  expect(() => metricsOn('none')).toThrow(
    'METRICS is "none": with "alarms" only what alarms look at is written',
  );
  expect(() => metricsOn('off')).toThrow('METRICS is "off": it has to be none, alarms, all');
});

test('each function measures into the namespace that the alarms look at', () => {
  expect(alarms.Resources.OrdersOverdue?.Properties.Namespace).toBe('order-saga-prod');
  for (const [, properties] of functions())
    expect(properties.Environment.Variables, shortName(properties)).toMatchObject({
      ...{ METRICS: 'all', METRICS_NAMESPACE: 'order-saga-prod' },
    });
});
