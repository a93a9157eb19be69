import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { openTestBroker, type TestBroker } from '../../support/event-source/broker.ts';
import { acknowledgementOfNothing, methodOnUnopenedChannel } from '../../support/event-source/frames.ts';
import { gate } from '../../support/event-source/gate.ts';
import { functionOf, startMapping } from '../../support/event-source/in-process.ts';
import { numbers } from '../../support/event-source/message.ts';
import { until } from '../../support/saga/until.ts';

let broker: TestBroker;

beforeAll(async () => {
  broker = await openTestBroker();
});

afterEach(() => {
  broker.proxy.admit('pass');
  broker.proxy.cut();
});

afterAll(async () => {
  await broker?.close();
});

async function mapping(queue: string, handle: Parameters<typeof functionOf>[0], batchSize = 10) {
  await broker.createQueue(queue);
  const event = { queue: `${broker.prefix}.${queue}`, batchSize };
  return startMapping(broker.proxiedUrl, 'any', event, functionOf(handle));
}

const consuming = (queue: string) => async (): Promise<boolean> =>
  (await broker.count(queue)).consumerCount === 1;

async function timeOf(task: Promise<void>): Promise<number> {
  const startedAtMs = performance.now();
  await task;
  return performance.now() - startedAtMs;
}

// Fails where the consumer's cancellation or the farewell is awaited for as long as the broker likes.
test('a stop ends in spite of a broker that has stopped answering, and awaits the running invocation', async () => {
  const running = gate();
  let isRunning = false;
  let hasEnded = false;
  const { eventSource } = await mapping('frozen', async () => {
    isRunning = true;
    await running.passed;
    hasEnded = true;
  });
  await broker.publish('frozen', ['one']);
  await until('the invocation runs', () => isRunning);
  broker.proxy.freeze();
  setTimeout(running.open, 300);
  expect(await timeOf(eventSource.stop())).toBeLessThan(8_000);
  expect(hasEnded).toBe(true);
  broker.proxy.cut();
  await until('its message is back', async () => (await broker.count('frozen')).messageCount === 1);
});

// Fails where the farewell is said twice.
test('a stop takes no longer than a broker in good health needs to answer', async () => {
  const { eventSource } = await mapping('healthy', () => undefined);
  await until('it consumes', consuming('healthy'));
  expect(await timeOf(eventSource.stop())).toBeLessThan(1_000);
});

test('a stop does not wait for a broker that does not let in', async () => {
  await broker.createQueue('silent');
  broker.proxy.admit('silence');
  const opened = broker.proxy.opened();
  const { eventSource } = await mapping('silent', () => undefined);
  await until('it knocks', () => broker.proxy.opened() > opened);
  expect(await timeOf(eventSource.stop())).toBeLessThan(1_000);
});

// Fails where a connection that was given up still speaks for the receiver, which has another one by then.
test('a connection that freezes while it is opened is given up, and the next one is not disturbed by its end', async () => {
  broker.proxy.admit('silence');
  const opened = broker.proxy.opened();
  const handled: string[] = [];
  const { eventSource, log } = await mapping('thawing', ({ bodies }) => void handled.push(...bodies));
  await until('it knocks', () => broker.proxy.opened() > opened);
  broker.proxy.admit('pass');
  await until('it says so', () => log().includes('it has not answered within 10000 ms'));
  await until('it consumes', consuming('thawing'));
  await broker.publish('thawing', numbers(30));
  await until('all are handled', () => handled.length === 30);
  await eventSource.stop();
  expect((await broker.count('thawing')).messageCount, 'all are acknowledged').toBe(0);
});

test.each([
  ['channel', acknowledgementOfNothing(1), /PRECONDITION.FAILED/],
  ['connection', methodOnUnopenedChannel(), /CHANNEL.ERROR/],
] as const)(
  'a %s that the broker closes is opened again, and what ran comes again',
  async (what, frame, reason) => {
    const first = gate();
    const seen: boolean[] = [];
    const { eventSource, log } = await mapping(`closed-${what}`, async ({ records, nth }) => {
      seen.push(records.every(({ redelivered }) => redelivered));
      if (nth === 0) await first.passed;
    });
    await broker.publish(`closed-${what}`, ['one']);
    await until('the invocation runs', () => seen.length === 1);
    broker.proxy.inject(frame);
    await until('the log says why', () => reason.test(log()));
    await until('it consumes again', consuming(`closed-${what}`));
    first.open();
    await until('it comes again', () => seen.length === 2);
    expect(seen).toEqual([false, true]);
    await eventSource.stop();
    expect((await broker.count(`closed-${what}`)).messageCount).toBe(0);
  },
);

// Fails where a subscription that drains opens its connection again and fetches what nobody will handle.
test('a connection that is lost while a stop waits for the last invocation is not opened again', async () => {
  const running = gate();
  let isRunning = false;
  const { eventSource } = await mapping('draining', async () => {
    isRunning = true;
    await running.passed;
  });
  await broker.publish('draining', ['one']);
  await until('the invocation runs', () => isRunning);
  const stopped = eventSource.stop();
  const opened = broker.proxy.opened();
  broker.proxy.cut();
  await until('the message is back', async () => (await broker.count('draining')).messageCount === 1);
  await new Promise((resolve) => setTimeout(resolve, 500));
  expect(broker.proxy.opened()).toBe(opened);
  running.open();
  await stopped;
  expect((await broker.count('draining')).messageCount).toBe(1);
});
