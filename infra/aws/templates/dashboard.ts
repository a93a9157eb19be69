import type { Metric } from '../../../engine/metrics/emf.ts';
import {
  deadLetters,
  durationOf,
  failedNudges,
  newDeadLetters,
  nudges,
  oldestCancelling,
  oldestOverdue,
  openSince,
  outside,
  redeliveries,
  stepLatency,
} from '../../../engine/metrics/names.ts';
import { ENDS } from '../../../engine/saga/initiator-table.ts';
import type { Saga } from '../../../engine/saga/saga.ts';
import { charging } from '../../../functions/payment/decide.ts';
import { namespaceOf } from '../../functions/variables.ts';
import type { Json, Resources } from './template.ts';

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html */
interface Line {
  readonly namespace: string;
  readonly name: string;
  readonly dimension: readonly [name: string, value: string];
  readonly stat: string;
  readonly label: string;
}

interface Chart {
  readonly title: string;
  readonly lines: readonly Line[];
  readonly isStacked?: true;
}

/** The grid has 24 columns. */
const [COLUMNS, WIDTH, HEIGHT] = [24, 8, 6];

/** What a stage's sagas do, on one page: part of the stack of its functions. It costs nothing as one of the account's first three. */
export const dashboard = (saga: Saga, stage: string): Resources => ({
  Dashboard: {
    Type: 'AWS::CloudWatch::Dashboard',
    Properties: {
      DashboardName: namespaceOf(saga, stage),
      DashboardBody: {
        'Fn::Sub': JSON.stringify({ widgets: chartsOf(saga, stage).map(widgetOf) }),
      },
    },
  },
});

function chartsOf(saga: Saga, stage: string): readonly Chart[] {
  const namespace = namespaceOf(saga, stage);
  const of = (service: string, metric: Metric, stat: string, label = service): Line => ({
    ...{ namespace, name: metric.name, dimension: ['service', service] },
    ...{ stat, label },
  });
  const ofInitiator = (metric: Metric, stat: string, label: string) =>
    of(saga.initiator, metric, stat, label);
  const ofEach = (metric: Metric, stat: string) => saga.services.map((each) => of(each, metric, stat));
  const ends = ENDS.map((status) => [status, durationOf(status)] as const);
  return [
    {
      title: 'How long sagas take (ms, p50 and p99)',
      lines: ends.flatMap(([status, metric]) =>
        ['p50', 'p99'].map((stat) => ofInitiator(metric, stat, `${status} ${stat}`)),
      ),
    },
    {
      title: 'Sagas that have ended',
      lines: ends.map(([status, metric]) => ofInitiator(metric, 'SampleCount', status)),
    },
    {
      title: 'Open sagas by age',
      lines: openSince.map((metric) => ofInitiator(metric, 'Maximum', metric.name)),
      isStacked: true,
    },
    {
      title: 'The oldest that are overdue (s)',
      lines: [oldestOverdue, oldestCancelling].map((metric) => ofInitiator(metric, 'Maximum', metric.name)),
    },
    {
      title: 'Nudges',
      lines: [nudges, failedNudges].map((metric) => ofInitiator(metric, 'Sum', metric.name)),
    },
    { title: 'From an event to its step (ms, p99)', lines: ofEach(stepLatency, 'p99') },
    { title: 'Messages that came again', lines: ofEach(redeliveries, 'Sum') },
    { title: 'New dead letters', lines: ofEach(newDeadLetters, 'Sum') },
    { title: 'Dead letters', lines: ofEach(deadLetters, 'Maximum') },
    {
      title: 'Calls to the outside (ms, p99)',
      lines: calls.map(([call, answer]) =>
        of(charging.service, outside(call, answer), 'p99', `${call}: ${answer}`),
      ),
    },
    {
      title: 'Answers of the outside',
      lines: calls.map(([call, answer]) =>
        of(charging.service, outside(call, answer), 'SampleCount', `${call}: ${answer}`),
      ),
    },
    // API Gateway counts its answers itself, at no cost.
    {
      title: 'The API',
      lines: ['Count', '4XXError', '5XXError'].map((name) => ofApi(saga, stage, name, 'Sum')),
    },
    {
      title: 'How long the API takes (ms)',
      lines: ['p50', 'p99'].map((stat) => ofApi(saga, stage, 'Latency', stat, stat)),
    },
  ];
}

const { answers } = charging.names;
/** What the provider answers to which call. */
const calls: readonly (readonly [call: string, answer: string])[] = [
  ...[answers.prepared, 'failed'].map((answer) => ['prepare', answer] as const),
  ...[answers.done, answers.refused, answers.waits, 'failed'].map((answer) => ['ask', answer] as const),
  ...[answers.undone, 'failed'].map((answer) => ['undo', answer] as const),
];

/** https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-metrics-and-dimensions.html */
const ofApi = (saga: Saga, stage: string, name: string, stat: string, label = name): Line => ({
  ...{ namespace: 'AWS/ApiGateway', name, dimension: ['ApiName', `${stage}-${saga.name}`] },
  ...{ stat, label },
});

function widgetOf({ title, lines, isStacked }: Chart, index: number): Json {
  const inRow = COLUMNS / WIDTH;
  return {
    ...{ type: 'metric', width: WIDTH, height: HEIGHT },
    ...{ x: (index % inRow) * WIDTH, y: Math.floor(index / inRow) * HEIGHT },
    properties: {
      ...{ title, view: 'timeSeries', stacked: isStacked === true, period: 60 },
      region: `\${AWS::Region}`,
      metrics: lines.map(({ namespace, name, dimension, stat, label }) => [
        ...[namespace, name, ...dimension],
        { stat, label },
      ]),
    },
  };
}
