import { expect, test } from 'vitest';
import { flawsOf } from '../support/aws/schema.ts';

/** Goal: what CloudFormation would refuse is found here. Method: resources with one flaw each. */
const sound = {
  AlarmName: 'order-saga-prod-test',
  AlarmDescription: 'Something is wrong.',
  Namespace: 'AWS/Lambda',
  MetricName: 'Errors',
  Statistic: 'Sum',
  Period: 60,
  EvaluationPeriods: 5,
  Threshold: { 'Fn::If': ['IsProduction', 2, 1] },
  ComparisonOperator: 'GreaterThanThreshold',
};
const alarm = (change: object) => flawsOf('Test', 'AWS::CloudWatch::Alarm', { ...sound, ...change });

test('a sound resource has no flaw, also where it refers to another', () => {
  expect(alarm({})).toEqual([]);
  expect(
    alarm({ AlarmName: { 'Fn::Sub': `order-saga-\${Stage}-test` }, Statistic: { Ref: 'Statistic' } }),
  ).toEqual([]);
  expect(flawsOf('Own', 'Custom::BrokerTopology', { Whatever: 1 })).toEqual([]);
});

test.each([
  ['a property that is not known', { Treshold: 1 }, 'Treshold is not known'],
  ['another type', { EvaluationPeriods: 'many' }, 'EvaluationPeriods is no integer'],
  [
    'a text that is too long',
    { AlarmDescription: 'x'.repeat(1_025) },
    '/AlarmDescription must NOT have more than 1024',
  ],
  [
    'a text that would become too long',
    { AlarmName: { 'Fn::Sub': `${'x'.repeat(250)}\${Stage}` } },
    '/AlarmName',
  ],
  ['none of the values there are', { Statistic: 'Median' }, '/Statistic must be equal to one of'],
  ['a period that CloudWatch does not know', { Period: 90 }, '/Period'],
  ['a number that is too small', { EvaluationPeriods: 0 }, '/EvaluationPeriods must be >= 1'],
  [
    'a text of other characters, further down',
    { Metrics: [{ Id: 'Upper' }] },
    '/Metrics/0/Id must match pattern',
  ],
])('%s is a flaw', (_, change, flaw) => {
  expect(alarm(change).join('\n')).toContain(flaw);
});

test('a resource without what it needs, or that does not exist, is a flaw', () => {
  expect(flawsOf('Test', 'AWS::Lambda::EventInvokeConfig', { Qualifier: '$LATEST' })).toEqual([
    'Test (AWS::Lambda::EventInvokeConfig): FunctionName is missing',
  ]);
  expect(flawsOf('Test', 'AWS::CloudWatch::Alert', {})).toEqual(['Test: there is no AWS::CloudWatch::Alert']);
});
