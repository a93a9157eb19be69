import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { openTestBroker, type TestBroker } from '../../support/event-source/broker.ts';
import { gate } from '../../support/event-source/gate.ts';
import { numbers } from '../../support/event-source/message.ts';
import { openProbe, type Probe } from '../../support/event-source/probe.ts';
import { collectOutput, exitOf, runServerless, startProject } from '../../support/event-source/project.ts';
import { until } from '../../support/saga/until.ts';

const command = fileURLToPath(
  new URL('../../../infra/local/rabbitmq-event-source/command.ts', import.meta.url),
);

let broker: TestBroker;
let probe: Probe;

beforeAll(async () => {
  broker = await openTestBroker();
});

afterAll(async () => {
  await broker?.close();
});

beforeEach(async () => {
  probe = await openProbe();
  for (const queue of ['batch', 'exact']) await broker.createQueue(queue);
  return () => probe.close();
});

test('an asynchronous invocation that throws does not end serverless-offline', async () => {
  const project = await startProject({ broker: broker.url, probe: probe.url, prefix: broker.prefix }, 2);
  const client = new LambdaClient({
    endpoint: project.lambdaUrl,
    region: 'us-west-2',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
  const FunctionName = 'event-source-project-local-throwing';
  await client.send(new InvokeCommand({ FunctionName, InvocationType: 'Event' }));
  await until('the log says so', () => /unhandled, probably .*thrown by the function/.test(project.log()));
  await broker.publish('exact', ['still here']);
  await until('a message is handled', () => probe.invocations('exact').length === 1);
  client.destroy();
  project.interrupt();
  expect(await project.exit()).toBe(0);
  expect((await broker.count('exact')).messageCount, 'what it had handled is acknowledged').toBe(0);
});

test('a stop awaits the running invocation, acknowledges it, and leaves the rest in the queue', async () => {
  const project = await startProject({ broker: broker.url, probe: probe.url, prefix: broker.prefix }, 2);
  const running = gate();
  probe.behave('batch', () => running.passed);
  await broker.publish('batch', ['0']);
  await until('an invocation runs', () => probe.invocations('batch').length === 1);
  await broker.publish('batch', numbers(15));
  project.interrupt();
  await until('it stops', () => project.log().includes('Got SIGINT signal'));
  await delay(300);
  expect(project.log()).not.toContain('Halting offline server');
  running.open();
  expect(await project.exit()).toBe(0);
  expect(probe.invocations('batch').length).toBe(1);
  await until('the others are back', async () => (await broker.count('batch')).messageCount === 15);
  await broker.deleteQueue('batch');
});

test('a setting that cannot be used is refused before anything starts', async () => {
  const child = runServerless(['offline', 'start', '--noSponsor'], {
    broker: 'http://127.0.0.1',
    probe: probe.url,
    prefix: broker.prefix,
  });
  const output = collectOutput(child);
  expect(await exitOf(child)).toBe(1);
  expect(output()).toContain(
    'custom.rabbitmq-event-source.url or the environment variable RABBITMQ_URL must be a URL',
  );
  expect(output()).not.toContain('listening');
});

test('the command does the same against any Lambda endpoint', async () => {
  const surroundings = { broker: broker.url, probe: probe.url, prefix: broker.prefix };
  const printing = runServerless(['print', '--format', 'json'], surroundings);
  const printed = collectOutput(printing);
  expect(await exitOf(printing)).toBe(0);

  const lambda = await startProject({ ...surroundings, prefix: 'no-such-queues' }, 0);
  await until('the Lambda endpoint is there', () => lambda.log().includes('listening'));
  const child = spawn(process.execPath, [command, '--debug'], {
    env: { PATH: process.env.PATH, AWS_ENDPOINT_URL_LAMBDA: lambda.lambdaUrl },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const output = collectOutput(child);
  child.stdin.end(printed());
  await broker.publish('exact', ['by command']);
  await until('the message is handled', () => /1 records, .* succeeded/.test(output()));
  expect(probe.invocations('exact')[0]?.bodies).toEqual(['by command']);
  child.kill('SIGTERM');
  expect(await exitOf(child)).toBe(0);
  expect((await broker.count('exact')).messageCount).toBe(0);
  lambda.interrupt();
  expect(await lambda.exit()).toBe(0);
});

test('the first interrupt of the command waits for the running invocation, the second does not', async () => {
  const lambda = await openSilentServer();
  const child = spawn(process.execPath, [command], {
    env: { PATH: process.env.PATH, AWS_ENDPOINT_URL_LAMBDA: lambda.url, RABBITMQ_URL: broker.url },
    stdio: ['pipe', 'ignore', 'pipe'],
  });
  const rabbitmq = { arn: 'arn', queue: `${broker.prefix}.exact`, maximumBatchingWindow: 0 };
  child.stdin.end(JSON.stringify({ functions: { slow: { name: 'slow', events: [{ rabbitmq }] } } }));
  await broker.publish('exact', ['unanswered']);
  await until('the invocation runs', () => lambda.requests() === 1);
  child.kill('SIGINT');
  await delay(500);
  expect([child.exitCode, child.signalCode]).toEqual([null, null]);
  child.kill('SIGINT');
  await exitOf(child);
  expect(child.signalCode).toBe('SIGINT');
  await until('the message is back', async () => (await broker.count('exact')).messageCount === 1);
  lambda.close();
  await broker.deleteQueue('exact');
});

test.each([{}, { AWS_ENDPOINT_URL_LAMBDA: 'localhost:4566' }])(
  'the command says what it needs: %j',
  async (endpoint) => {
    const child = spawn(process.execPath, [command], {
      env: { PATH: process.env.PATH, ...endpoint },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const output = collectOutput(child);
    await once(child, 'exit');
    expect(child.exitCode).toBe(1);
    expect(output()).toMatch(/^.*AWS_ENDPOINT_URL_LAMBDA must be the URL of a Lambda endpoint.*\n$/);
  },
);

/** An endpoint that never answers. */
async function openSilentServer() {
  let requests = 0;
  const server = createServer(() => {
    requests += 1;
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return {
    url: `http://127.0.0.1:${address.port}`,
    requests: () => requests,
    close: () => server.close().closeAllConnections(),
  };
}
