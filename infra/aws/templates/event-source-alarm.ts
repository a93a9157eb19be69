import { pascalCase } from '../../../engine/saga/names.ts';
import { queueOf } from '../../../engine/saga/routes.ts';
import type { Saga } from '../../../engine/saga/saga.ts';
import { consumerOf } from '../../functions/participant-functions.ts';
import { functionIdOf } from './logical-ids.ts';
import type { Resources } from './template.ts';

/** A failing consumer leaves its messages in the queue, and no other alarm sees them. */
export const eventSourceAlarm = ({ name: saga }: Saga, service: string, stage: string): Resources => ({
  [`${pascalCase(service)}EventSourceErrors`]: {
    Type: 'AWS::CloudWatch::Alarm',
    Properties: {
      AlarmName: `${saga}-${stage}-${service}-event-source-errors`,
      AlarmDescription:
        `Whole batches of the queue ${queueOf(service)} fail and are delivered again. Read the log of the function ` +
        `${consumerOf(service)}. If it was not called, read StateTransitionReason of its event source mapping ` +
        '(credentials, network).',
      AlarmActions: [{ Ref: 'Alarms' }],
      OKActions: [{ Ref: 'Alarms' }],
      TreatMissingData: 'notBreaching',
      Namespace: 'AWS/Lambda',
      MetricName: 'Errors',
      Dimensions: [{ Name: 'FunctionName', Value: { Ref: functionIdOf(consumerOf(service)) } }],
      Statistic: 'Sum',
      Period: 60,
      EvaluationPeriods: 3,
      DatapointsToAlarm: 3,
      Threshold: 0,
      ComparisonOperator: 'GreaterThanThreshold',
    },
  },
});
