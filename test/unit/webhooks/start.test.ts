import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { projectDir } from '../../../infra/local/project.ts';

/**
 * Goal: whoever would tell subscribers does not start without the secrets to sign with. Method: as Lambda starts it, in a
 * process of its own; test/aws/bundle-start.test.ts starts what is there without subscribers.
 */
const environment = {
  AWS_LAMBDA_FUNCTION_NAME: 'webhooks',
  WEBHOOK_SUBSCRIBERS: 'erp=https://erp.example/hooks',
  WEBHOOKS_TABLE: 'webhooks',
  RABBITMQ_URL: 'amqps://broker.example',
  BROKER_SECRET: 'secret',
};

function startOf(file: string, settings: Readonly<Record<string, string>> = {}) {
  const code = `await import('./functions/webhooks/${file}.ts');`;
  const { status, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', code], {
    cwd: projectDir,
    env: { ...environment, ...settings },
    encoding: 'utf8',
  });
  return { status, stderr };
}

test.each(['participate', 'resend'])('%s fails at its start without a secret', (file) => {
  expect(startOf(file).stderr).toContain('WEBHOOK_ERP_SECRET_KEY is not set');
  expect(startOf(file, { WEBHOOK_ERP_SECRET: 'secret-of-erp' })).toEqual({ status: 0, stderr: '' });
});

test.each(['get-record', 'dead-letters'])('%s signs nothing, and needs none', (file) => {
  expect(startOf(file)).toEqual({ status: 0, stderr: '' });
});
