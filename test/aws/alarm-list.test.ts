import { expect, test } from 'vitest';
import { oldestCancelling, oldestOverdue, openSince } from '../../engine/metrics/names.ts';
import { pascalCase } from '../../engine/saga/names.ts';
import { shop } from '../../functions/shop.ts';
import { readConfiguration } from '../../infra/local/wiring/configuration.ts';
import { documents } from '../support/aws/documents.ts';
import { propertiesOf, template } from '../support/aws/production.ts';
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

/** Of the dashboard. */
interface Body {
  readonly widgets: readonly { readonly properties: { readonly metrics: readonly (readonly unknown[])[] } }[];
}

test('each tells whoever is called what to do, and again when it is over', () => {
  for (const [name, { AlarmActions, OKActions, AlarmDescription }] of alarms) {
    expect(AlarmActions, name).toHaveLength(1);
    expect(OKActions, name).toEqual(AlarmActions);
    expect(AlarmDescription.length, name).toBeGreaterThan(80);
  }
});

// Fails where all are alike: whoever is woken for each declined card soon sleeps through the rest.
test('what can wait until the next working day wakes nobody, and what cannot does', () => {
  const ofSeverity = (severity: RegExp) =>
    alarms.filter(([, { AlarmActions }]) => severity.test(AlarmActions[0].Ref)).map(([name]) => name);
  const participants = shop.services.map(pascalCase);
  expect(ofSeverity(/Warnings$/).toSorted()).toEqual(
    [
      ...participants.flatMap((name) => [
        ...[`${name}TableThrottled`, `${name}AuditPipeFailing`, `${name}DeadLettersTooOld`],
      ]),
      ...['PaymentNeedsPerson', 'ChargesChanged', 'ChargesDeclined', 'WebhooksRefused', 'FirewallBlocks'],
      ...[
        'ReconciliationDisagrees',
        'ReconciliationMissing',
        'FunctionsThrottled',
        'AuditLate',
        'AuditNotExported',
        'ApiSlow',
        'QueueDepth',
      ],
    ].toSorted(),
  );
  expect(ofSeverity(/Alarms$/)).toHaveLength(alarms.length - ofSeverity(/Warnings$/).length);
  const topics = ofType('AWS::SNS::Topic').map(([name]) => name);
  expect(topics).toEqual(['Alarms', 'Warnings', 'BrokerAlarms', 'BrokerWarnings']);
});

test('the documents say how to hear of each topic', () => {
  for (const { Outputs } of [part, broker]) {
    for (const name of ['AlarmTopic', 'WarningTopic']) {
      expect(Outputs).toHaveProperty(name);
      expect(documents).toContain(name);
    }
  }
});

test('cost what the documents say: each metric that an alarm looks at, and each that is written', () => {
  const looked = alarms.flatMap(([, { Metrics }]) =>
    Metrics === undefined
      ? ['one']
      : Metrics.filter(({ MetricStat }: MetricQuery) => MetricStat !== undefined),
  );
  expect(documents).toContain(`${looked.length} alarm metrics in ${alarms.length} alarms`);
  // What the counters and the schedule write every minute; what is told to alarms alone, if there is something to tell; and what
  // the others write as there are orders.
  const idle = shop.services.length + [oldestOverdue, oldestCancelling, ...openSince].length;
  const { DashboardBody } = template.Resources.Dashboard?.Properties ?? {};
  const { widgets } = JSON.parse((DashboardBody as { readonly 'Fn::Sub': string })['Fn::Sub']) as Body;
  const shown = widgets.flatMap(({ properties: { metrics } }) =>
    metrics.map((each) => each.slice(0, 4).join(' ')),
  );
  const own = new Set(shown.filter((metric) => metric.startsWith('order-saga-prod ')));
  const told = new Set(
    JSON.stringify(alarms).match(
      /(?<="Namespace":"order-saga-prod","MetricName":)"\w+","Dimensions":\[\{"Name":"service","Value":"\w+"/g,
    ),
  );
  const rare = told.size - [...shop.services, oldestOverdue, oldestCancelling].length;
  expect(rare).toBeGreaterThan(5);
  expect(documents).toContain(`${looked.length} × 0.10 + ${rare + idle} × 0.30`);
  expect(documents).toContain(`${idle} metrics that are written every minute, ${rare} for alarms alone`);
  expect(documents).toContain(`${own.size - idle} × 0.30`);
});

test('there is one for everything that somebody has to look at', () => {
  expect(alarms.map(([name]) => name)).toEqual(
    expect.arrayContaining([
      ...shop.services
        .map(pascalCase)
        .flatMap((name) => [`${name}DeadLetters`, `${name}EventSourceErrors`, `${name}TableThrottled`]),
      ...['OrdersOverdue', 'ScheduleFailing', 'FunctionsThrottled', 'ServerErrors', 'EventSourceGone'],
      ...['ReconciliationDisagrees', 'ReconciliationMissing', 'AuditLate', 'AuditNotExported'],
      ...['BrokerMemory', 'BrokerDisk', 'BrokerConnections', 'QueueDepth'],
      ...['ApiSlow', 'TokensNotChecked', 'FirewallBlocks', 'ChargesDeclined', 'RefundAge'],
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

test('what is slow is the slowest of a hundred requests, and not the average', () => {
  expect(stack.ApiSlow?.Properties).toMatchObject({
    ...{ Namespace: 'AWS/ApiGateway', MetricName: 'Latency', ExtendedStatistic: 'p99', Threshold: 3_000 },
    Dimensions: [{ Name: 'ApiName', Value: 'prod-order-saga' }],
  });
});

test('the firewall’s blocks are counted by the name that it reports under', () => {
  const [[, firewall] = ['', {}]] = propertiesOf('AWS::WAFv2::WebACL');
  expect(stack.FirewallBlocks?.Properties.Dimensions).toEqual([
    { Name: 'WebACL', Value: firewall.VisibilityConfig?.MetricName },
    { Name: 'Rule', Value: 'ALL' },
    { Name: 'Region', Value: { Ref: 'AWS::Region' } },
  ]);
  expect(firewall.Name).toBe(firewall.VisibilityConfig?.MetricName);
});
