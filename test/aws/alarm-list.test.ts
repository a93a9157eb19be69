import { expect, test } from 'vitest';
import { pascalCase } from '../../engine/saga/names.ts';
import { shop } from '../../functions/shop.ts';
import { readConfiguration } from '../../infra/local/wiring/configuration.ts';
import { documents } from '../support/aws/documents.ts';
import { broker, alarms as part, tables } from '../support/aws/templates.ts';

/** Goal: whatever somebody has to look at raises an alarm that says what to do, and its price is known. */
const stack = part.Resources;
// biome-ignore lint/suspicious/noExplicitAny: each assertion says what it expects of a template's shape
const ofType = (type: string): [string, Record<string, any>][] =>
  [part, broker, tables].flatMap(({ Resources: resources }) =>
    Object.entries(resources).flatMap<[string, Record<string, unknown>]>(([name, { Type, Properties }]) =>
      Type === type ? [[name, Properties]] : [],
    ),
  );
const alarms = ofType('AWS::CloudWatch::Alarm');

interface MetricQuery {
  readonly MetricStat?: {
    readonly Metric: {
      readonly MetricName: string;
      readonly Dimensions: readonly { readonly Value: string }[];
    };
  };
}

test('each tells whoever is called what to do', () => {
  for (const [name, { AlarmActions, AlarmDescription }] of alarms) {
    expect(AlarmActions, name).toHaveLength(1);
    expect(AlarmDescription.length, name).toBeGreaterThan(80);
  }
});

test('cost what the documents say: each metric that an alarm looks at, and each that is made of logs', () => {
  const looked = alarms.flatMap(([, { Metrics }]) =>
    Metrics === undefined
      ? ['one']
      : Metrics.filter(({ MetricStat }: MetricQuery) => MetricStat !== undefined),
  );
  const made = ofType('AWS::Logs::MetricFilter').flatMap(([, { MetricTransformations: all }]) =>
    all.map(({ MetricName }: { MetricName: string }) => MetricName),
  );
  expect(documents).toContain(`${looked.length} alarm metrics in ${alarms.length} alarms`);
  expect(documents).toContain(`${looked.length} × 0.10 + ${new Set(made).size} × 0.30`);
});

test('there is one for everything that somebody has to look at', () => {
  expect(alarms.map(([name]) => name)).toEqual(
    expect.arrayContaining([
      ...shop.services
        .map(pascalCase)
        .flatMap((name) => [`${name}DeadLetters`, `${name}EventSourceErrors`, `${name}TableThrottled`]),
      ...['OrdersOverdue', 'ScheduleFailing', 'FunctionsThrottled', 'ServerErrors', 'EventSourceGone'],
      ...['ReconciliationDisagrees', 'ReconciliationMissing'],
      ...['BrokerMemory', 'BrokerDisk', 'BrokerConnections'],
    ]),
  );
});

// Fails where an alarm names the table alone: what an index refuses is not among its metrics.
test('a throttled index is seen like its table', () => {
  for (const [name, { TableName, GlobalSecondaryIndexes = [] }] of ofType('AWS::DynamoDB::Table')) {
    const { Metrics } = stack[`${name}Throttled`]?.Properties ?? {};
    const seen = (Metrics as MetricQuery[]).flatMap(({ MetricStat: { Metric } = {} }) =>
      Metric === undefined
        ? []
        : [[Metric.MetricName, ...Metric.Dimensions.map(({ Value }) => Value)].join(' ')],
    );
    const table = TableName['Fn::Sub'].replace(`\${Stage}`, 'prod');
    const indexes = GlobalSecondaryIndexes.map(({ IndexName }: { IndexName: string }) => ` ${IndexName}`);
    const wanted = ['', ...indexes].flatMap((index) =>
      ['Read', 'Write'].map((kind) => `${kind}ThrottleEvents ${table}${index}`),
    );
    expect(seen, name).toEqual(wanted);
  }
});

test('a reconciliation that does not run at all is missed like one that fails, of each of its schedules', () => {
  const { functions } = readConfiguration(shop, 'prod');
  expect(stack.ReconciliationMissing?.Properties).toMatchObject({
    ...{ TreatMissingData: 'breaching', ComparisonOperator: 'LessThanThreshold' },
    Threshold: functions.reconcile?.events?.length,
    ...{ EvaluationPeriods: 26 },
    Metrics: [{ MetricStat: { Period: 3_600, Stat: 'SampleCount' } }, { Expression: 'FILL(runs, 0)' }],
  });
});

test('a schedule that does not run at all is missed like one that fails', () => {
  expect(stack.ScheduleFailing?.Properties).toMatchObject({
    ...{ TreatMissingData: 'breaching', ComparisonOperator: 'LessThanThreshold', Threshold: 1 },
    Metrics: [{ Id: 'runs' }, { Id: 'errors' }, { Expression: 'FILL(runs, 0) - FILL(errors, 0)' }],
  });
});
