import { pascalCase } from '../../../engine/saga/names.ts';
import type { Saga } from '../../../engine/saga/saga.ts';
import { auditExportName, auditPipeName } from './audit-export.ts';
import type { Json, Resources } from './template.ts';

/**
 * The table keeps every entry, so an export that stands still is for the next working day. A stream keeps them for one day: what
 * a pipe has given up by then has to be exported by hand.
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-pipes-monitoring.html
 */
export const auditAlarms = (saga: Saga, stage: string): Resources => {
  const name = auditExportName(saga, stage);
  return {
    AuditExportFailing: {
      Type: 'AWS::CloudWatch::Alarm',
      Properties: {
        AlarmName: `${name}-export-failing`,
        AlarmDescription:
          'For half an hour a pipe could not hand on who did what, or Firehose has not written it to the bucket. The entries ' +
          'are in the tables, and the streams keep them for a day. Look at the pipe and at the stream’s error log, then at their roles.',
        ...warning,
        Metrics: [
          ...saga.services.map((service) =>
            metric(
              `failed${pascalCase(service)}`,
              'AWS/EventBridge/Pipes',
              'ExecutionFailed',
              { Name: 'PipeName', Value: auditPipeName(saga, stage, service) },
              'Sum',
            ),
          ),
          metric(
            'age',
            'AWS/Firehose',
            'DeliveryToS3.DataFreshness',
            { Name: 'DeliveryStreamName', Value: name },
            'Maximum',
          ),
          {
            Id: 'failing',
            Label: 'runs that failed, or entries that wait',
            Expression: `${saga.services.map((service) => `FILL(failed${pascalCase(service)}, 0)`).join(' + ')} + IF(FILL(age, 0) > ${LATE_SECONDS}, 1, 0)`,
          },
        ],
        EvaluationPeriods: 6,
        DatapointsToAlarm: 6,
        Threshold: 0,
        ComparisonOperator: 'GreaterThanThreshold',
      },
    },
    AuditNotExported: {
      Type: 'AWS::CloudWatch::Alarm',
      Properties: {
        AlarmName: `${name}-not-exported`,
        AlarmDescription:
          `Entries of the audit were given up on their way to the bucket. Each message in the queue ${name}-not-exported ` +
          'names the place in a stream. Read that day with GET /audit/…, put it into the bucket by hand, and empty the queue.',
        ...warning,
        Namespace: 'AWS/SQS',
        MetricName: 'ApproximateNumberOfMessagesVisible',
        Dimensions: [{ Name: 'QueueName', Value: `${name}-not-exported` }],
        Statistic: 'Maximum',
        Period: 300,
        EvaluationPeriods: 1,
        Threshold: 0,
        ComparisonOperator: 'GreaterThanThreshold',
      },
    },
  };
};

/** Firehose waits for five minutes at the most. */
const LATE_SECONDS = 1_800;

const warning = {
  AlarmActions: [{ Ref: 'Warnings' }],
  OKActions: [{ Ref: 'Warnings' }],
  TreatMissingData: 'notBreaching',
} as const;

const metric = (Id: string, Namespace: string, MetricName: string, dimension: Json, Stat: string): Json => ({
  Id,
  ReturnData: false,
  MetricStat: { Metric: { Namespace, MetricName, Dimensions: [dimension] }, Period: 300, Stat },
});
