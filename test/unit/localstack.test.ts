import { expect, test } from 'vitest';
import { planFor } from '../localstack/plan.ts';
import { startRecordedRun, wordOf } from '../support/localstack/recorded-run.ts';
import { givenSystem } from '../support/saga/given-system.ts';
import { variablesOf } from '../support/saga/given-variables.ts';
import { until } from '../support/saga/until.ts';

const plan = planFor({
  ports: {
    RABBITMQ_PORT: 1,
    RABBITMQ_MANAGEMENT_PORT: 2,
    LOCALSTACK_PORT: 3,
    PAYMENTS_PORT: 4,
    ISSUER_PORT: 5,
  },
  dataDir: '/data',
  shell: { PATH: '/bin', AWS_PROFILE: 'production', AWS_ENDPOINT_URL: 'https://aws.example' },
});

test('what is brought up is a project of its own, and all of it is taken down, by its name', () => {
  const project = ['docker', 'compose', '--project-name', 'order-saga-localstack-3'];
  for (const { command } of [plan.up, plan.logs, plan.down]) expect(command.slice(0, 4)).toEqual(project);
  expect(plan.up.command.slice(4, 7)).toEqual(['--profile', 'localstack', 'up']);
  expect(plan.down.command.slice(4)).toEqual([
    '--profile',
    'localstack',
    'down',
    '--volumes',
    '--remove-orphans',
  ]);
  expect(plan.up.environment).toMatchObject({ RABBITMQ_PORT: '1', ISSUER_PORT: '5', DATA_DIR: '/data' });
});

test('deploys to LocalStack and to nothing that the shell may name', () => {
  const { command, environment } = plan.deploy;
  expect(command).toEqual(['sls', 'deploy', '--stage', 'localstack']);
  expect(environment).toMatchObject({ PATH: '/bin', AWS_ENDPOINT_URL: 'http://127.0.0.1:3' });
  expect(environment).not.toHaveProperty('AWS_PROFILE');
});

test('functions are given only what containers can reach; a token’s issuer is just a name', () => {
  const { environment } = plan.deploy;
  const onThisMachine = Object.keys(environment).filter((name) => environment[name]?.includes('127.0.0.1'));
  expect(onThisMachine).toEqual(['AWS_ENDPOINT_URL', 'TOKEN_ISSUER']);
  expect(environment.TOKEN_ISSUER).toBe(plan.given('id').urls.issuer);
});

test('the suite is given what it reads', () => {
  const given = givenSystem(variablesOf(plan.given('id')));
  expect(given?.urls).toEqual({
    api: 'http://127.0.0.1:3/_aws/execute-api/id/localstack',
    ...{ lambda: 'http://127.0.0.1:3', dynamodb: 'http://127.0.0.1:3' },
    ...{
      rabbitmq: 'amqp://local:local@127.0.0.1:1',
      payments: 'http://127.0.0.1:4',
      issuer: 'http://127.0.0.1:5',
    },
  });
  expect(given?.environment).toMatchObject({ STAGE: 'localstack', RETRY_DELAYS: plan.retryDelays });
});

test.each([
  ['Docker', [], ''],
  ['an engine behind its client', ['docker'], 'info'],
  ['Docker Compose', ['docker'], 'compose'],
])('without %s it says so in one line, ends with 77, and does nothing', async (_, programs, failAt) => {
  const run = startRecordedRun({ programs, failAt });
  try {
    expect(await run.ended).toEqual({
      exitCode: 77,
      output: expect.stringMatching(/^Not run: .*Docker.*\n$/),
    });
    expect(run.calls().map(wordOf)).not.toContain('up');
  } finally {
    run.discard();
  }
});

const checks = ['info', 'version'];
const everything = ['docker', 'sls', 'vitest'];

test('what did not come up is taken down', async () => {
  const run = startRecordedRun({ programs: everything, failAt: 'up' });
  try {
    expect(await run.ended).toMatchObject({ exitCode: 1 });
    const words = run.calls().map(wordOf);
    expect(words.slice(0, 2).toSorted()).toEqual(checks);
    expect(words.slice(2)).toEqual(['up', 'logs', 'down']);
  } finally {
    run.discard();
  }
});

test.each(['SIGINT', 'SIGTERM'] as const)('%s takes it down too', async (signal) => {
  const run = startRecordedRun({ programs: everything, hangAt: 'up' });
  try {
    await until('it comes up', () => run.calls().map(wordOf).includes('up'));
    run.process.kill(signal);
    expect(await run.ended).toMatchObject({ exitCode: 130 });
    expect(run.calls().map(wordOf).slice(2)).toEqual(['up', 'down']);
  } finally {
    run.discard();
  }
});
