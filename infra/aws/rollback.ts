import type { CloudWatchClientConfig } from '@aws-sdk/client-cloudwatch';
import { limitAttempts } from '../../engine/environment/limit-attempts.ts';
import { pascalCase } from '../../engine/saga/names.ts';
import type { Saga } from '../../engine/saga/saga.ts';
import { alarmsTemplate } from './templates/alarms.ts';

/** What CloudFormation is told with a change. https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-rollback-triggers.html */
export type RollbackConfiguration = {
  readonly MonitoringTimeInMinutes: number;
  readonly RollbackTriggers: readonly { readonly Arn: string; readonly Type: 'AWS::CloudWatch::Alarm' }[];
};

/** An alarm as CloudWatch has it. */
export type Alarm = { readonly arn: string; readonly isRaised: boolean };

/** Longer than the periods of each of these alarms together, with the minutes until their metrics arrive. */
const MONITORING_MINUTES = 10;

/** The alarms that faulty code raises within minutes: the API fails, no token is checked, or batches fail. */
export function alarmsOnFaultyCode(saga: Saga, stage: string): readonly string[] {
  const { Resources } = alarmsTemplate(saga, stage);
  const ids = [
    ...['ServerErrors', 'TokensNotChecked'],
    ...saga.services.map((service) => `${pascalCase(service)}EventSourceErrors`),
  ];
  return ids.map((id) => {
    const name = Resources[id]?.Properties.AlarmName;
    if (typeof name !== 'string')
      throw new Error(`infra/aws/rollback.ts names an alarm that there is not: ${id}`);
    return name;
  });
}

/**
 * A change is rolled back if one of the alarms is raised meanwhile or soon after. One that is raised already is no trigger:
 * the change may be its repair, and would never succeed. Before the first deployment there are none, and CloudFormation
 * refuses a trigger that does not exist. The list replaces the one of the deployment before.
 */
export function rollbackOn(alarms: readonly Alarm[]): RollbackConfiguration {
  const calm = alarms.filter(({ isRaised }) => !isRaised);
  return {
    // Without triggers CloudFormation would wait all the same.
    MonitoringTimeInMinutes: calm.length === 0 ? 0 : MONITORING_MINUTES,
    RollbackTriggers: calm.map(({ arn }) => ({ Arn: arn, Type: 'AWS::CloudWatch::Alarm' })),
  };
}

/** Two attempts and the pause between them end within nine seconds. */
const ATTEMPT_TIMEOUT_MS = 4_000;

/** Those of the alarms that exist. */
export async function alarmsNow(
  config: CloudWatchClientConfig,
  names: readonly string[],
): Promise<readonly Alarm[]> {
  // Not above: every `sls` command loads this file, and only a deployment needs the client.
  const { CloudWatchClient, DescribeAlarmsCommand } = await import('@aws-sdk/client-cloudwatch');
  const client = new CloudWatchClient({ ...config, maxAttempts: 2 });
  limitAttempts(client, ATTEMPT_TIMEOUT_MS);
  try {
    const { MetricAlarms: found = [] } = await client.send(
      new DescribeAlarmsCommand({ AlarmNames: [...names], MaxRecords: 100 }),
    );
    return found.flatMap(({ AlarmArn: arn, StateValue: state }) =>
      arn === undefined ? [] : [{ arn, isRaised: state === 'ALARM' }],
    );
  } finally {
    client.destroy();
  }
}
