import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openTestBroker, type TestBroker } from '../../support/event-source/broker.ts';
import { gate } from '../../support/event-source/gate.ts';
import { numbers } from '../../support/event-source/message.ts';
import { openProbe, type Probe } from '../../support/event-source/probe.ts';
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

const handled = (functionKey: string): string[] =>
  probe
    .invocations(functionKey)
    .filter(({ endedAtMs }) => Number.isFinite(endedAtMs))
    .flatMap(({ bodies }) => bodies);

/** The function's answer and the acknowledgement that follows it have to travel before a connection may be cut. */
const acknowledgement = (): Promise<void> => delay(200);

describe('the event is the one AWS sends', () => {
  test('for a message with every property and every kind of header', async () => {
    const userId = decodeURIComponent(new URL(broker.url).username) || 'guest';
    await broker.publish('exact', ['{"timeout":0,"data":"CZrmf0Gw8Ov4bqLQxD4E"}'], {
      contentType: 'text/plain',
      contentEncoding: 'identity',
      // By name, as RabbitMQ 4 delivers them whatever their order was.
      headers: {
        bytes: Buffer.from([1, 255]),
        decimal: { '!': 'decimal', value: { digits: 1234, places: 2 } },
        fraction: 0.5,
        none: null,
        number: 10,
        table: { deeper: { list: [1, 'b', { c: false }] }, inner: 'a' },
        text: 'valué1',
        time: { '!': 'timestamp', value: 2021 },
        yes: true,
      },
      persistent: false,
      priority: 34,
      correlationId: 'correlation',
      replyTo: 'reply',
      expiration: '60000',
      messageId: 'message',
      timestamp: 2021,
      type: 'kind',
      userId,
      appId: 'application',
    });
    await until('the message arrives', () => probe.invocations('exact').length > 0);
    expect(JSON.stringify(probe.invocations('exact')[0]?.event)).toBe(
      JSON.stringify({
        eventSource: 'aws:rmq',
        eventSourceArn:
          'arn:aws:mq:us-west-2:111122223333:broker:test:b-9bcfa592-423a-4942-879d-eb284b418fc8',
        rmqMessagesByQueue: {
          [`${broker.prefix}.exact::/`]: [
            {
              basicProperties: {
                contentType: 'text/plain',
                contentEncoding: 'identity',
                headers: {
                  bytes: [1, -1],
                  decimal: 12.34,
                  fraction: 0.5,
                  none: null,
                  number: 10,
                  table: {
                    deeper: { list: [1, { bytes: [98] }, { c: false }] },
                    inner: { bytes: [97] },
                  },
                  text: { bytes: [118, 97, 108, 117, -61, -87, 49] },
                  time: 'Jan 1, 1970, 12:33:41 AM',
                  yes: true,
                },
                deliveryMode: 1,
                priority: 34,
                correlationId: 'correlation',
                replyTo: 'reply',
                expiration: '60000',
                messageId: 'message',
                timestamp: 'Jan 1, 1970, 12:33:41 AM',
                type: 'kind',
                userId,
                appId: 'application',
                clusterId: null,
                bodySize: 43,
              },
              redelivered: false,
              data: 'eyJ0aW1lb3V0IjowLCJkYXRhIjoiQ1pybWYwR3c4T3Y0YnFMUXhENEUifQ==',
            },
          ],
        },
      }),
    );
  });
});

describe('batches', () => {
  test('hold what has gathered, up to batchSize, and are acknowledged only after success', async () => {
    const first = gate();
    probe.behave('batch', (_, nth) => (nth === 0 ? first.passed : undefined));
    await broker.publish('batch', ['0']);
    await until('the first invocation runs', () => probe.invocations('batch').length === 1);
    const later = Array.from({ length: 14 }, (_, index) => String(index + 1));
    await broker.publish('batch', later);
    await delay(200);
    expect(probe.invocations('batch').length, 'one invocation at a time').toBe(1);
    first.open();
    await until('all have been handled', () => handled('batch').length === 15);
    expect(probe.invocations('batch').map(({ bodies }) => bodies)).toEqual([
      ['0'],
      later.slice(0, 10),
      later.slice(10),
    ]);

    await acknowledgement();
    expect(broker.cutConnections(), 'the connections were open').toBe(enabledMappings);
    await until('all consume again', async () => (await broker.count('batch')).consumerCount === 1);
    await delay(300);
    expect(handled('batch').length, 'what was acknowledged does not come again').toBe(15);
  });

  test('run one at a time, unless concurrency is raised', async () => {
    let running = 0;
    let most = 0;
    probe.behave('parallel', async () => {
      running += 1;
      most = Math.max(most, running);
      await delay(30);
      running -= 1;
    });
    await broker.publish('parallel', numbers(12));
    await until('all have been handled', () => handled('parallel').length === 12);
    expect(most).toBe(2);
  });

  test('wait for 500 ms where maximumBatchingWindow is absent', async () => {
    const publishedAtMs = performance.now();
    await broker.publish('windowed', ['early']);
    await delay(250);
    await broker.publish('windowed', ['late']);
    await until('both arrive', () => probe.invocations('windowed').length > 0);
    const [invocation] = probe.invocations('windowed');
    expect(invocation?.bodies).toEqual(['early', 'late']);
    expect((invocation?.startedAtMs ?? 0) - publishedAtMs).toBeGreaterThan(490);
  });

  test('are cut at 6 MB', async () => {
    const three = Buffer.alloc(3_000_000, 'x');
    await broker.publish('many', [three, three, three]);
    await until('all arrive', () => handled('many').length === 3);
    for (const { records } of probe.invocations('many')) expect(records.length).toBe(1);
    expect((await broker.count('many')).messageCount).toBe(0);
  });
});

describe('mappings', () => {
  test('of several functions share a queue', async () => {
    await broker.publish('shared', numbers(40));
    const all = (): string[] => [...handled('sharing'), ...handled('batch').slice(15)];
    await until('all have been handled', () => all().length === 40);
    expect(all().toSorted()).toEqual(numbers(40).toSorted());
  });

  test('with filterPatterns acknowledge what they do not want', async () => {
    // More than the broker hands out at once: were they not acknowledged, the second wanted message would never come.
    const unwanted = Array.from({ length: 250 }, (_, index) => (index % 2 ? '{"kind":"other"}' : 'no JSON'));
    await broker.publish('filtered', ['{"kind":"wanted","n":1}', ...unwanted, '{"kind":"wanted","n":2}']);
    await until('the wanted arrive', () => handled('filtered').length === 2);
    expect(handled('filtered')).toEqual(['{"kind":"wanted","n":1}', '{"kind":"wanted","n":2}']);
    expect((await broker.count('filtered')).messageCount).toBe(0);
  });

  test('that are not enabled leave their queue alone', async () => {
    await broker.publish('disabled', ['stays']);
    expect(await broker.count('disabled')).toMatchObject({ messageCount: 1, consumerCount: 0 });
  });
});
