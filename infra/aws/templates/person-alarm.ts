import { needsPerson } from '../../../engine/metrics/names.ts';
import { pascalCase } from '../../../engine/saga/names.ts';
import type { Saga } from '../../../engine/saga/saga.ts';
import { canBeStuck, consumerOf } from '../../functions/participant-functions.ts';
import { ofService } from './own-metric.ts';
import type { Resources } from './template.ts';

/**
 * What the outside refuses to undo for good waits for a person. The schedule asks for it once an hour, and the consumer
 * says so each time. So once in seventy minutes raises the alarm, until somebody has settled it.
 */
export function personAlarm(saga: Saga, service: string, stage: string): Resources {
  const { initiator } = saga;
  const { says, record } = saga.partOf(service);
  if (record === undefined || !canBeStuck(says)) return {};
  const consumer = consumerOf(service);
  const namespace = `${saga.name}-${stage}`;
  return {
    [`${pascalCase(service)}NeedsPerson`]: {
      Type: 'AWS::CloudWatch::Alarm',
      Properties: {
        AlarmName: `${namespace}-${service}-needs-person`,
        AlarmDescription:
          `Now or in the last seventy minutes, something could not be undone. The lines "a person is needed" in the ` +
          `log of ${consumer}, or of whatever else looks, name the ${initiator} and the reason. Settle it by hand, then say how: ` +
          `POST /${initiator}s/…/${record}/resolve.`,
        AlarmActions: [{ Ref: 'Warnings' }],
        OKActions: [{ Ref: 'Warnings' }],
        TreatMissingData: 'notBreaching',
        ...ofService(namespace, needsPerson, service),
        Statistic: 'Sum',
        Period: 300,
        EvaluationPeriods: 14,
        DatapointsToAlarm: 1,
        Threshold: 0,
        ComparisonOperator: 'GreaterThanThreshold',
      },
    },
  };
}
