import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { brokerVersion } from '../../../infra/local/rabbitmq/probe.ts';
import { openTestBroker, type TestBroker } from '../../support/event-source/broker.ts';
import { functionOf, startMapping } from '../../support/event-source/in-process.ts';
import { numbers } from '../../support/event-source/message.ts';
import { until } from '../../support/saga/until.ts';

let broker: TestBroker;

beforeAll(async () => {
  broker = await openTestBroker();
});

afterAll(async () => {
  await broker?.close();
});

type Outcomes = { readonly sizes: readonly number[]; readonly order: string };

const nameOf = (bodies: readonly string[], size: number): string => {
  const batch = Math.floor(Number(bodies[0]) / size);
  return 'abc'[batch] ?? '?';
};

/**
 * Three batches wait, and the first of them, `a`, fails twice. Where it comes again is the broker's affair, and AWS's
 * poller can do no other: https://www.rabbitmq.com/docs/quorum-queues#repeated-requeues,
 * https://www.rabbitmq.com/docs/nack
 */
async function failTwice(queue: string, size: number): Promise<Outcomes> {
  const calls: (readonly string[])[] = [];
  const handled = new Set<string>();
  await broker.publish(queue, numbers(3 * size));
  const lambda = functionOf(({ bodies }) => {
    calls.push(bodies);
    const isFirst = bodies.includes('0');
    if (isFirst && calls.filter((earlier) => earlier.includes('0')).length < 3) throw new Error('not yet');
    for (const body of bodies) handled.add(body);
  });
  const event = { queue: `${broker.prefix}.${queue}`, batchSize: size, maximumBatchingWindow: 2 };
  const { eventSource } = startMapping(broker.url, 'again', event, lambda);
  await until('all are handled', () => handled.size === 3 * size, 50_000);
  await eventSource.stop();
  expect((await broker.count(queue)).messageCount).toBe(0);
  const [first, ...others] = calls.map((bodies) => bodies.toSorted());
  for (const bodies of others.filter((each) => each.includes('0'))) expect(bodies).toEqual(first);
  return {
    sizes: calls.map(({ length }) => length),
    order: calls.map((bodies) => nameOf(bodies, size)).join(''),
  };
}

const five = (size: number): number[] => Array.from({ length: 5 }, () => size);

test('a failed batch comes again whole, and before what waits, where a delivery limit is set', async () => {
  await broker.createQueue('limited', { 'x-delivery-limit': 20 });
  expect(await failTwice('limited', 10)).toEqual({ sizes: five(10), order: 'aaabc' });
});

test('a failed batch comes again whole, but until 4.3 after what waits, where no limit is set', async () => {
  const [major = 0, minor = 0] = (await brokerVersion(broker.url)).split('.').map(Number);
  // 4.0 has a limit of 20 unless it is told otherwise.
  await broker.createQueue('unlimited', major < 4 ? {} : { 'x-delivery-limit': -1 });
  const order = major > 4 || (major === 4 && minor >= 3) ? 'aaabc' : 'abcaa';
  expect(await failTwice('unlimited', 10)).toEqual({ sizes: five(10), order });
});

// A broker that is busy may take longer to begin with returning so many than others are kept waiting for them.
test.each([{ 'x-delivery-limit': 20 }, {}])(
  'a failed batch of 5,000 comes again whole, from %j',
  async (limits) => {
    const queue = `large-${Object.keys(limits).length}`;
    await broker.createQueue(queue, limits);
    const { sizes, order } = await failTwice(queue, 5_000);
    expect(order.replace(/[^a]/g, '')).toBe('aaa');
    expect(sizes.filter((_, call) => order[call] === 'a')).toEqual([5_000, 5_000, 5_000]);
    // While the broker returns it, it may send some of another, whose window then ends before its rest has come.
    expect(sizes.reduce((sum, each) => sum + each, 0)).toBe(25_000);
  },
);

test('a failed batch comes again whole, and before what waits, from a classic queue', async () => {
  await broker.createQueue('classic', { 'x-queue-type': 'classic' });
  expect(await failTwice('classic', 1_000)).toEqual({ sizes: five(1_000), order: 'aaabc' });
});

// Fails where the event source goes on expecting what the broker has dropped.
test('a batch that the broker drops at its delivery limit does not cut the next one that fails', async () => {
  await broker.createQueue('dropped', { 'x-delivery-limit': 2 });
  const calls: number[] = [];
  let isFirst = true;
  const lambda = functionOf(({ bodies }) => {
    calls.push(bodies.length);
    if (bodies.includes('poison')) throw new Error('always');
    if (!isFirst) return;
    isFirst = false;
    throw new Error('once');
  });
  const event = { queue: `${broker.prefix}.dropped`, batchSize: 10, maximumBatchingWindow: 1 };
  const { eventSource } = startMapping(broker.url, 'dropped', event, lambda);
  await broker.publish('dropped', ['poison']);
  await until('it has been delivered three times', () => calls.length === 3);
  await delay(10_500);
  await broker.publish('dropped', numbers(10));
  await until('the others come again', () => calls.length === 5);
  await eventSource.stop();
  expect(calls).toEqual([1, 1, 1, 10, 10]);
  expect((await broker.count('dropped')).messageCount).toBe(0);
});
