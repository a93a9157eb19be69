import { pascalCase } from '../../../engine/saga/names.ts';
import type { Saga } from '../../../engine/saga/saga.ts';
import { auditExportName, auditPipeName, auditQueueName } from './audit-export.ts';
import type { Json, Resources } from './template.ts';

/**
 * A pipe tries again for half a day. The tables keep every entry, so what stands still is for the next working day.
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-pipes-monitoring.html
 */
export const auditPipeAlarm = (saga: Saga, service: string, stage: string): Resources => ({
  [`${pascalCase(service)}AuditPipeFailing`]: warning(`${auditPipeName(saga, stage, service)}-pipe-failing`, {
    AlarmDescription:
      `For half an hour the pipe of ${service} could not hand on who did what. The entries are in the table, and its ` +
      'stream keeps them for a day. Look at the role AuditPipeRole and at the delivery stream.',
    ...seen('AWS/EventBridge/Pipes', 'ExecutionFailed', 'Sum'),
    Dimensions: [{ Name: 'PipeName', Value: auditPipeName(saga, stage, service) }],
    EvaluationPeriods: 6,
    Threshold: 0,
  }),
});

/** Of the export as a whole. */
export const auditAlarms = (saga: Saga, stage: string): Resources => ({
  AuditLate: warning(`${auditExportName(saga, stage)}-late`, {
    AlarmDescription:
      'For half an hour Firehose has held entries of the audit that it could not write to the bucket. It tries for a day. ' +
      'Look at the role AuditDeliveryRole and at the bucket’s policy.',
    ...seen('AWS/Firehose', 'DeliveryToS3.DataFreshness', 'Maximum'),
    Dimensions: [{ Name: 'DeliveryStreamName', Value: auditExportName(saga, stage) }],
    EvaluationPeriods: 1,
    Threshold: LATE_SECONDS,
  }),
  AuditNotExported: warning(`${auditExportName(saga, stage)}-not-exported`, {
    AlarmDescription:
      `Entries of the audit were given up on their way to the bucket. Each message in the queue ${auditQueueName(saga, stage)} ` +
      'says when. Read that day with GET /audit/…, put it into the bucket by hand, and empty the queue.',
    ...seen('AWS/SQS', 'ApproximateNumberOfMessagesVisible', 'Maximum'),
    Dimensions: [{ Name: 'QueueName', Value: auditQueueName(saga, stage) }],
    EvaluationPeriods: 1,
    Threshold: 0,
  }),
});

/** Firehose waits for five minutes at the most. */
const LATE_SECONDS = 1_800;

const seen = (Namespace: string, MetricName: string, Statistic: string) => ({
  ...{ Namespace, MetricName, Statistic },
  Period: 300,
});

const warning = (AlarmName: string, rest: Readonly<Record<string, Json>>) => ({
  Type: 'AWS::CloudWatch::Alarm',
  Properties: {
    AlarmName,
    AlarmActions: [{ Ref: 'Warnings' }],
    OKActions: [{ Ref: 'Warnings' }],
    TreatMissingData: 'notBreaching',
    ComparisonOperator: 'GreaterThanThreshold',
    ...rest,
  },
});
