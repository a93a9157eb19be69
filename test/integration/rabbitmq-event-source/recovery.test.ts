import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openTestBroker, type TestBroker } from '../../support/event-source/broker.ts';
import { gate } from '../../support/event-source/gate.ts';
import { type Invocation, openProbe, type Probe } from '../../support/event-source/probe.ts';
import { type Project, startProject } from '../../support/event-source/project.ts';
import { until } from '../../support/saga/until.ts';

const queues = ['exact', 'batch', 'shared', 'many', 'slow', 'parallel', 'windowed', 'filtered', 'disabled'];
const enabledMappings = 9;

let broker: TestBroker;
let probe: Probe;
let project: Project;

beforeAll(async () => {
  broker = await openTestBroker();
  probe = await openProbe();
  for (const queue of queues) await broker.createQueue(queue);
  const { proxiedUrl, prefix } = broker;
  project = await startProject({ broker: proxiedUrl, probe: probe.url, prefix }, enabledMappings);
});

afterAll(async () => {
  project?.interrupt();
  await project?.exit();
  await probe?.close();
  await broker?.close();
});

test('a function error brings the same whole batch again, redelivered, with growing delay, before what came later', async () => {
  const first = gate();
  probe.behave('batch', async (_, nth) => {
    if (nth === 0) return first.passed;
    if (nth < 4) throw new Error('not yet');
  });
  await broker.publish('batch', ['warm-up']);
  await until('the first invocation runs', () => probe.invocations('batch').length === 1);
  await broker.publish('batch', ['a', 'b', 'c']);
  await delay(100);
  first.open();
  await until('the batch has failed once', () => probe.invocations('batch').length === 2);
  await broker.publish('batch', ['later']);
  await until('all have been handled', () => probe.invocations('batch').length === 6);

  const [, ...attempts] = probe.invocations('batch');
  expect(attempts.map(({ bodies }) => bodies)).toEqual([
    ['a', 'b', 'c'],
    ['a', 'b', 'c'],
    ['a', 'b', 'c'],
    ['a', 'b', 'c'],
    ['later'],
  ]);
  expect(attempts.map(({ records }) => records.every(({ redelivered }) => redelivered))).toEqual([
    false,
    true,
    true,
    true,
    false,
  ]);
  const delays = waits(attempts.slice(0, 4));
  for (const [index, expected] of [100, 200, 400].entries()) {
    expect(delays[index]).toBeGreaterThanOrEqual(expected - 10);
    expect(delays[index]).toBeLessThan(expected * 2);
  }
  expect(project.log()).toContain('Unhandled: Error: not yet; trying again in 400 ms');
});

test('a timeout brings the batch again', async () => {
  const late = gate();
  probe.behave('slow', (_, nth) => (nth === 0 ? late.passed : undefined));
  await broker.publish('slow', ['patience']);
  await until('it comes again', () => probe.invocations('slow').length === 2);
  late.open();
  const [first, second] = probe.invocations('slow');
  expect(second?.bodies).toEqual(first?.bodies);
  expect(second?.records[0]?.redelivered).toBe(true);
  // The function's second counts from when it was asked, and it may have begun later than that.
  expect((second?.startedAtMs ?? 0) - (first?.startedAtMs ?? 0)).toBeGreaterThan(500);
});

test('a connection lost in mid-invocation brings the batch again, and never beside the invocation that still runs', async () => {
  const running = gate();
  probe.behave('exact', (_, nth) => (nth === 0 ? running.passed : undefined));
  await broker.publish('exact', ['once']);
  await until('the invocation runs', () => probe.invocations('exact').length === 1);
  broker.cutConnections();
  await until('consumes again', async () => (await broker.count('exact')).consumerCount === 1);
  await delay(300);
  expect(probe.invocations('exact').length, 'one invocation at a time').toBe(1);
  running.open();
  await until('it comes again', () => probe.invocations('exact').length === 2);
  expect(probe.invocations('exact')[1]?.records).toMatchObject([{ redelivered: true }]);
  await delay(200);
  expect(probe.invocations('exact').length, 'the second success is acknowledged').toBe(2);
});

test('a queue that is deleted is consumed again as soon as it is back', async () => {
  await broker.deleteQueue('filtered');
  const missing = `queue ${broker.prefix}.filtered does not exist in virtual host /`;
  await until('the log says so', () => project.log().includes(missing));
  await broker.createQueue('filtered');
  await broker.publish('filtered', ['{"kind":"wanted"}']);
  await until('it is consumed again', () => probe.invocations('filtered').length === 1);
});

test('10,000 messages survive a failing, then healing function and cut connections: none is lost, none acknowledged early', async () => {
  const total = 10_000;
  const succeeded = new Set<string>();
  let running = 0;
  let most = 0;
  probe.behave('many', async (invocation, nth) => {
    running += 1;
    most = Math.max(most, running);
    await delay(1);
    running -= 1;
    if (nth < 3 || nth % 25 === 0) throw new Error('still broken');
    for (const body of invocation.bodies) succeeded.add(body);
  });
  const bodies = Array.from({ length: total }, (_, index) => String(index));
  await broker.publish('many', bodies.slice(0, total / 2));
  await until('a part is done', () => succeeded.size > 1_000);
  broker.cutConnections();
  await broker.publish('many', bodies.slice(total / 2));
  await until('a larger part is done', () => succeeded.size > 6_000, 30_000);
  broker.cutConnections();
  await until('all are done', () => succeeded.size === total, 30_000);
  expect(bodies.every((body) => succeeded.has(body))).toBe(true);
  expect(most, 'one invocation at a time').toBe(1);

  // What a connection held without acknowledgement would come back now.
  await delay(300);
  const before = probe.invocations('many').length;
  broker.cutConnections();
  await until('consumes again', async () => (await broker.count('many')).consumerCount === 1);
  await delay(300);
  expect(probe.invocations('many').length).toBe(before);
});

function waits(attempts: readonly Invocation[]): number[] {
  return attempts
    .slice(1)
    .map(({ startedAtMs }, index) => startedAtMs - (attempts[index]?.endedAtMs ?? Number.NaN));
}
