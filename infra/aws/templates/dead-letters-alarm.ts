import { deadLetters, deadLettersTooOld } from '../../../engine/metrics/names.ts';
import { pascalCase } from '../../../engine/saga/names.ts';
import { deadQueueOf } from '../../../engine/saga/routes.ts';
import type { Saga } from '../../../engine/saga/saga.ts';
import { counterOf } from '../../functions/participant-functions.ts';
import { ofService } from './own-metric.ts';
import type { Resources } from './template.ts';

/**
 * For RabbitMQ 4, Amazon MQ reports no metrics of single queues, so each service counts its dead letters every minute.
 * https://docs.aws.amazon.com/amazon-mq/latest/developer-guide/rabbitmq-4.html
 *
 * TreatMissingData alone would not notice a silence: CloudWatch looks further back than the evaluation periods, and
 * uses old values if it finds enough. So a minute without a count is filled in as one with a dead letter.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html
 */
export function deadLettersAlarm({ name: saga }: Saga, service: string, stage: string): Resources {
  const counter = counterOf(service);
  const namespace = `${saga}-${stage}`;
  const metric = `${pascalCase(service)}DeadLetters`;
  const tooOld = `${metric}TooOld`;
  return {
    [metric]: {
      Type: 'AWS::CloudWatch::Alarm',
      Properties: {
        AlarmName: `${namespace}-${service}-dead-letters`,
        AlarmDescription:
          `For five minutes ${deadQueueOf(service)} has held messages or could not be counted. GET ` +
          `/dead-letters/${service} shows them with their reasons. Fix the cause, then POST …/redrive with dryRun, ` +
          `then without. If there are none, read the log of ${counter}.`,
        AlarmActions: [{ Ref: 'Alarms' }],
        OKActions: [{ Ref: 'Alarms' }],
        TreatMissingData: 'breaching',
        Metrics: [
          {
            Id: 'deadLetters',
            ReturnData: false,
            MetricStat: {
              Metric: ofService(namespace, deadLetters, service),
              Period: 60,
              Stat: 'Maximum',
            },
          },
          { Id: 'lying', Label: 'dead letters, or not counted', Expression: 'FILL(deadLetters, 1)' },
        ],
        EvaluationPeriods: 5,
        Threshold: 0,
        ComparisonOperator: 'GreaterThanThreshold',
      },
    },
    // It is looked at once an hour, in each environment.
    [tooOld]: {
      Type: 'AWS::CloudWatch::Alarm',
      Properties: {
        AlarmName: `${namespace}-${service}-dead-letters-too-old`,
        AlarmDescription:
          `${deadQueueOf(service)} holds a message that is older than DEAD_LETTER_MAX_AGE_DAYS. It has personal data in it ` +
          `that nothing erases. Redrive or discard it: POST /dead-letters/${service}/redrive or …/discard.`,
        AlarmActions: [{ Ref: 'Warnings' }],
        OKActions: [{ Ref: 'Warnings' }],
        TreatMissingData: 'notBreaching',
        ...ofService(namespace, deadLettersTooOld, service),
        Statistic: 'Sum',
        Period: 3600,
        EvaluationPeriods: 3,
        DatapointsToAlarm: 1,
        Threshold: 0,
        ComparisonOperator: 'GreaterThanThreshold',
      },
    },
  };
}
