import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, describe, expect, test } from 'vitest';
import { shop } from '../../functions/shop.ts';
import { alarmsOnFaultyCode, rollbackOn } from '../../infra/aws/rollback.ts';
import { projectDir } from '../../infra/local/project.ts';
import { type KnownAlarm, type Recorder, startRecorder } from '../support/aws/recorder.ts';
import { alarms } from '../support/aws/templates.ts';

/**
 * Goal: code that fails in production does not stay there, and code that repairs it gets there. Method: deploys to a
 * server that records every call, and knows some alarms.
 */
let recorder: Recorder;
afterEach(() => recorder?.end());

async function deploy(stage: string, known: readonly KnownAlarm[]): Promise<void> {
  recorder = await startRecorder(known);
  const sls = join(projectDir, 'node_modules/serverless/bin/serverless.js');
  await promisify(execFile)(process.execPath, [sls, 'deploy', '--stage', stage], {
    cwd: projectDir,
    env: {
      ...{ PATH: process.env.PATH, HOME: process.env.HOME },
      ...{ AWS_ENDPOINT_URL: recorder.url, AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test' },
    },
  });
}

/** What the last change set says of a rollback: minutes, and the alarms' names. */
function rollbackOfLastChange() {
  const change = recorder.parameters.findLast((asked) => asked.get('Action') === 'CreateChangeSet');
  const triggers = [...(change ?? [])].filter(([name]) => /^RollbackConfiguration.*\.Arn$/.test(name));
  return {
    minutes: change?.get('RollbackConfiguration.MonitoringTimeInMinutes'),
    alarms: triggers.map(([, arn]) => arn.replace(/.*:alarm:/, '')),
  };
}

const watched = alarmsOnFaultyCode(shop, 'prod');

describe('a deployment to production', () => {
  test('is rolled back if an alarm on faulty code is raised meanwhile, but not by one that is raised already', async () => {
    const [raised = '', ...calm] = watched;
    await deploy('prod', [
      { AlarmName: raised, StateValue: 'ALARM' },
      ...calm.map((AlarmName) => ({ AlarmName, StateValue: 'OK' }) as const),
      { AlarmName: 'of-somebody-else', StateValue: 'OK' },
    ]);
    expect(rollbackOfLastChange()).toEqual({ minutes: '10', alarms: calm });
  }, 240_000);

  test('waits for nothing when there are no alarms yet: CloudFormation refuses those that do not exist', () => {
    expect(rollbackOn([])).toEqual({ MonitoringTimeInMinutes: 0, RollbackTriggers: [] });
  });

  test('watches alarms that there are, for longer than each needs to be raised', () => {
    const found = Object.values(alarms.Resources).filter(({ Properties }) =>
      watched.includes(String(Properties.AlarmName)),
    );
    expect(watched).toHaveLength(2 + shop.services.length);
    expect(found).toHaveLength(watched.length);
    const { MonitoringTimeInMinutes: minutes } = rollbackOn([{ arn: 'arn', isRaised: false }]);
    for (const { Properties } of found) {
      const { Period, EvaluationPeriods } = Properties as Record<string, number>;
      expect((Number(Period) / 60) * Number(EvaluationPeriods)).toBeLessThan(minutes);
    }
  });
});
