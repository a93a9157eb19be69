import { pascalCase } from '../../../engine/saga/names.ts';
import type { Saga } from '../../../engine/saga/saga.ts';
import { tableNameOf } from '../../functions/variables.ts';
import { indexesOf, tableIdOf } from './tables.ts';
import type { Json, Resources } from './template.ts';

/**
 * An index is throttled by itself, and then its table's writes with it; its metrics are not in the table's.
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
          `DynamoDB refuses reads or writes of ${what}. A hot key or the account’s limit: see ThrottledRequests by ` +
          'operation; retries take care of a short one.',
        AlarmActions: [{ Ref: 'Alarms' }],
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

/** What was refused of the table itself, or of an index. */
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
