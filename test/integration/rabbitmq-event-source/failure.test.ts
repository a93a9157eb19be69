import { afterAll, beforeAll, expect, test } from 'vitest';
import { type LambdaEndpoint, lambdaEndpoint } from '../../../infra/local/rabbitmq-event-source/invoke.ts';
import { openTestBroker, type TestBroker } from '../../support/event-source/broker.ts';
import { functionOf, type Running, startMapping } from '../../support/event-source/in-process.ts';
import { openProbe, type Probe } from '../../support/event-source/probe.ts';
import { freePort, type Project, startProject } from '../../support/event-source/project.ts';
import { until } from '../../support/saga/until.ts';

let broker: TestBroker;
let probe: Probe;
let project: Project;
let unusedPort: number;

beforeAll(async () => {
  broker = await openTestBroker();
  probe = await openProbe();
  project = await startProject({ broker: broker.url, probe: probe.url, prefix: 'no-such-queues' }, 0);
  await until('the Lambda endpoint is there', () => project.log().includes('listening'));
  unusedPort = await freePort();
});

afterAll(async () => {
  project?.interrupt();
  await project?.exit();
  await probe?.close();
  await broker?.close();
});

const start = (functionKey: string, brokerUrl: string, lambda: LambdaEndpoint): Running =>
  startMapping(brokerUrl, functionKey, { queue: `${broker.prefix}.${functionKey}` }, lambda);

const offline = (): LambdaEndpoint => lambdaEndpoint(project.lambdaUrl, 'us-west-2');

async function expectLog({ eventSource, log }: Running, line: string): Promise<void> {
  await until(`the log says: ${line}`, () => log().includes(line)).catch((error: unknown) => {
    throw new Error(`${String(error)}\n${log()}`);
  });
  await eventSource.stop();
  expect(log().split(line).length - 1, 'the same failure is one line').toBe(1);
}

test('says that the broker cannot be reached', async () => {
  const url = `amqp://127.0.0.1:${unusedPort}`;
  await expectLog(
    start('exact', url, offline()),
    `RabbitMQ at 127.0.0.1:${unusedPort} cannot be reached (ECONNREFUSED)`,
  );
});

test('says that the credentials are refused, without the password', async () => {
  const url = new URL(broker.url);
  url.username = 'nobody';
  url.password = 'a-secret';
  const running = start('exact', url.href, offline());
  await expectLog(running, 'refuses the credentials of user nobody');
  expect(running.log()).not.toContain('a-secret');
});

test('says that the virtual host does not exist', async () => {
  await expectLog(start('exact', `${broker.url}/nowhere`, offline()), 'virtual host nowhere does not exist');
});

test("reads from the mapping's virtual host, whatever the URL names", async () => {
  await broker.createQueue('hosted');
  await broker.publish('hosted', ['one', 'two']);
  const queue = `${broker.prefix}.hosted`;
  const seen: (readonly [string | undefined, readonly string[]])[] = [];
  const lambda = functionOf((call) => void seen.push([call.queue, call.bodies]));
  const { eventSource, log } = startMapping(
    `${broker.url}/nowhere`,
    'any',
    { queue, virtualHost: '/', maximumBatchingWindow: 1 },
    lambda,
  );
  await until('they are handled', () => seen.length === 1);
  expect(seen).toEqual([[`${queue}::/`, ['one', 'two']]]);
  await eventSource.stop();
  expect((await broker.count('hosted')).messageCount).toBe(0);
  expect(log().match(/ records, /g), 'one line for the batch').toHaveLength(1);
  expect(log()).toMatch(/2 records, \d+ bytes, \d+ ms: succeeded/);
});

test('says that the queue is missing, and consumes it as soon as it is there', async () => {
  const running = start('exact', broker.url, offline());
  await until('the log says so', () => running.log().includes('does not exist in virtual host /'));
  await broker.createQueue('exact');
  await broker.publish('exact', ['at last']);
  await until('it is consumed', () => probe.invocations('exact').length === 1);
  await running.eventSource.stop();
  expect((await broker.count('exact')).messageCount).toBe(0);
});

test('keeps the messages of a function that is unknown, without counting a delivery', async () => {
  await broker.createQueue('unknown');
  await broker.publish('unknown', ['kept']);
  const running = start('unknown', broker.url, offline());
  const line = 'function event-source-project-local-unknown is unknown';
  await until('the log says so twice', () => running.log().split(line).length > 2);
  expect((await broker.count('unknown')).messageCount, 'it is held').toBe(0);
  await running.eventSource.stop();
  await until('it is back', async () => (await broker.count('unknown')).messageCount === 1);
});

test('invokes as soon as Lambda can be reached', async () => {
  await broker.createQueue('exact');
  await broker.publish('exact', ['patience']);
  const before = probe.invocations('exact').length;
  const reachable = offline();
  const unreachable = lambdaEndpoint(`http://127.0.0.1:${unusedPort}`, 'us-west-2');
  let attempts = 0;
  const running = start('exact', broker.url, {
    close: reachable.close,
    invoke: (...call) => {
      attempts += 1;
      return attempts < 3 ? unreachable.invoke(...call) : reachable.invoke(...call);
    },
  });
  await until('it is handled', () => probe.invocations('exact').length === before + 1);
  await running.eventSource.stop();
  expect(running.log()).toContain(
    `Lambda cannot be reached at http://127.0.0.1:${unusedPort} (ECONNREFUSED)`,
  );
  expect(probe.invocations('exact').at(-1)?.records).toMatchObject([{ redelivered: false }]);
});
