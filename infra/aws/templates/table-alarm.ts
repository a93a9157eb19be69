import { pascalCase } from '../../../engine/saga/names.ts';
import type { Saga } from '../../../engine/saga/saga.ts';
import { tableNameOf } from '../../functions/variables.ts';
import { indexesOf, tableIdOf } from './tables.ts';
import type { Json, Resources } from './template.ts';

/**
 * DynamoDB throttles an index by itself, and then the table's writes too. The table's metrics do not include the index.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/metrics-dimensions.html
 */
export function tableAlarm(saga: Saga, service: string, stage: string): Resources {
  const table = tableNameOf(saga, service, stage);
  const indexes = indexesOf(saga, service).map(({ name }) => name);
  const what = `the table of ${service}${indexes.length === 0 ? '' : ' or of an index of it'}`;
  return {
    [`${tableIdOf(service)}Throttled`]: {
      Type: 'AWS::CloudWatch::Alarm',
      Properties: {
        AlarmName: `${saga.name}-${stage}-${service}-table-throttled`,
        AlarmDescription:
          `DynamoDB throttles reads or writes of ${what}, because of a hot key or the account’s limit: see ` +
          'ThrottledRequests by operation. Retries bridge a short one.',
        AlarmActions: [{ Ref: 'Warnings' }],
        OKActions: [{ Ref: 'Warnings' }],
        TreatMissingData: 'notBreaching',
        Metrics: [
          ...[undefined, ...indexes].flatMap((index) => throttledIn(table, index)),
          { Id: 'throttled', Label: 'reads and writes refused', Expression: 'SUM(FILL(METRICS(), 0))' },
        ],
        EvaluationPeriods: 5,
        DatapointsToAlarm: 3,
        Threshold: 0,
        ComparisonOperator: 'GreaterThanThreshold',
      },
    },
  };
}

/** The throttled reads and writes of the table itself, or of an index. */
const throttledIn = (table: string, index: string | undefined): readonly Json[] =>
  (['Read', 'Write'] as const).map((kind) => ({
    Id: `${kind.toLowerCase()}s${pascalCase(index ?? '')}`,
    ReturnData: false,
    MetricStat: {
      Metric: {
        Namespace: 'AWS/DynamoDB',
        MetricName: `${kind}ThrottleEvents`,
        Dimensions: [
          { Name: 'TableName', Value: table },
          ...(index === undefined ? [] : [{ Name: 'GlobalSecondaryIndexName', Value: index }]),
        ],
      },
      Period: 60,
      Stat: 'Sum',
    },
  }));
