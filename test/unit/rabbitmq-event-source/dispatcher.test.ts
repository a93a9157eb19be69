import { setTimeout as delay, setImmediate as turn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import type { Settler } from '../../../infra/local/rabbitmq-event-source/broker-session.ts';
import { Counters } from '../../../infra/local/rabbitmq-event-source/counters.ts';
import { Dispatcher } from '../../../infra/local/rabbitmq-event-source/dispatcher.ts';
import { envelope, eventRecord } from '../../../infra/local/rabbitmq-event-source/event.ts';
import type { Invoke, Outcome } from '../../../infra/local/rabbitmq-event-source/invoke.ts';
import type { Mapping } from '../../../infra/local/rabbitmq-event-source/settings.ts';
import { anyMapping } from '../../support/event-source/mapping.ts';
import { deliveredMessage } from '../../support/event-source/message.ts';

const mapping: Mapping = { ...anyMapping, batchSize: 3 };

type Running = { readonly bodies: readonly string[]; readonly end: (kind: Outcome['kind']) => Promise<void> };

/** A dispatcher whose function ends when the test says so. */
function started(changes: Partial<Mapping> = {}) {
  const running: Running[] = [];
  const lines: string[] = [];
  const log = {
    error: (line: string) => void lines.push(line),
    info: () => undefined,
    debug: () => undefined,
  };
  const timeouts: number[] = [];
  const invoke: Invoke = (_, payload, timeoutMs) => {
    timeouts.push(timeoutMs);
    const { promise, resolve } = Promise.withResolvers<Outcome>();
    const { rmqMessagesByQueue } = JSON.parse(payload.toString());
    const records: { data: string }[] = rmqMessagesByQueue['test::/'];
    const bodies = records.map(({ data }) => Buffer.from(data, 'base64').toString());
    const end = async (kind: Outcome['kind']): Promise<void> => {
      resolve(kind === 'succeeded' ? { kind } : { kind, reason: 'because' });
      await turn();
    };
    running.push({ bodies, end });
    return promise;
  };
  const dispatcher = new Dispatcher({ ...mapping, ...changes }, invoke, log, new Counters('test', log));
  const settled: string[] = [];
  dispatcher.attach(settler(settled, 'first channel'));
  const receive = (tag: number, redelivered = false): void =>
    dispatcher.receive(deliveredMessage({ tag, redelivered, body: String(tag) }));
  return { dispatcher, running, lines, settled, timeouts, receive };
}

function settler(settled: string[], name: string): Settler {
  return {
    acknowledge: ({ upTo, singly }) =>
      void settled.push(`${name}: acknowledge${upTo ? ` up to ${upTo}` : ''} ${singly.join()}`.trimEnd()),
    requeue: (tags) => void settled.push(`${name}: requeue ${tags.join()}`),
    reject: (tag) => void settled.push(`${name}: reject ${tag}`),
  };
}

test('messages that arrive together are one batch, and what gathers meanwhile is the next', async () => {
  const { running, settled, receive } = started();
  receive(1);
  receive(2);
  expect(running).toHaveLength(0);
  await turn();
  for (const tag of [3, 4, 5, 6]) receive(tag);
  await turn();
  expect(running.map(({ bodies }) => bodies)).toEqual([['1', '2']]);
  expect(settled).toEqual([]);
  await running[0]?.end('succeeded');
  expect(running[1]?.bodies).toEqual(['3', '4', '5']);
  await running[1]?.end('succeeded');
  expect(running[2]?.bodies).toEqual(['6']);
  expect(settled).toEqual(['first channel: acknowledge up to 2', 'first channel: acknowledge up to 5']);
});

test('a success never acknowledges what runs or waits elsewhere', async () => {
  const { running, settled, receive } = started({ concurrency: 2, batchSize: 2 });
  for (const tag of [1, 2, 3, 4]) receive(tag);
  await turn();
  expect(running.map(({ bodies }) => bodies)).toEqual([
    ['1', '2'],
    ['3', '4'],
  ]);
  await running[1]?.end('succeeded');
  await running[0]?.end('succeeded');
  expect(settled).toEqual(['first channel: acknowledge 3,4', 'first channel: acknowledge up to 2']);
});

test('a failed batch is requeued, and comes again before what waits', async () => {
  const { running, settled, receive } = started();
  receive(1);
  await turn();
  receive(2);
  await running[0]?.end('failed');
  expect(settled).toEqual(['first channel: requeue 1']);
  receive(3, true);
  await delay(50);
  expect(running, 'the delay').toHaveLength(1);
  await delay(100);
  expect(running[1]?.bodies).toEqual(['3']);
  await running[1]?.end('succeeded');
  expect(settled[1]).toBe('first channel: acknowledge 3');
});

test('the delay after a failure holds the batch in every slot, and grows whatever else succeeds', async () => {
  const { running, lines, receive } = started({ concurrency: 2, batchSize: 1 });
  const others = async (first: number): Promise<void> => {
    for (let tag = first; tag < first + 5; tag += 1) {
      receive(tag);
      await turn();
      await running.at(-1)?.end('succeeded');
    }
  };
  receive(1);
  await turn();
  await running[0]?.end('failed');
  receive(2, true);
  await others(3);
  expect(running.slice(1).map(({ bodies }) => bodies)).toEqual([['3'], ['4'], ['5'], ['6'], ['7']]);
  await delay(120);
  expect(running.at(-1)?.bodies).toEqual(['2']);
  await running.at(-1)?.end('failed');
  receive(8, true);
  await others(9);
  expect(lines).toEqual(['because; trying again in 100 ms', 'because; trying again in 200 ms']);
  await delay(120);
  expect(running.at(-1)?.bodies, 'it is not due yet').toEqual(['13']);
  await delay(120);
  expect(running.at(-1)?.bodies).toEqual(['8']);
});

test('where every batch fails, the delay grows from one to the next', async () => {
  const { running, lines, receive } = started({ batchSize: 1 });
  for (const tag of [1, 2]) receive(tag);
  await turn();
  await running[0]?.end('failed');
  await delay(550);
  expect(running[1]?.bodies, 'a queue that returns messages to its end').toEqual(['2']);
  await running[1]?.end('failed');
  expect(lines.at(-1)).toBe('because; trying again in 200 ms');
});

test('a batch that the function never saw is kept and tried again', async () => {
  const { running, settled, lines, receive } = started();
  receive(1);
  await turn();
  await running[0]?.end('refused');
  expect(settled).toEqual([]);
  expect(lines).toEqual(['because; trying again in 100 ms']);
  await delay(150);
  expect(running[1]?.bodies).toEqual(['1']);
  await running[1]?.end('succeeded');
  expect(settled).toEqual(['first channel: acknowledge up to 1']);
});

test('what a lost channel brought is forgotten, and never settled on the next one', async () => {
  const { dispatcher, running, settled, receive } = started();
  receive(1);
  await turn();
  receive(2);
  dispatcher.detach();
  dispatcher.attach(settler(settled, 'second channel'));
  receive(1, true);
  await turn();
  expect(running, 'one invocation at a time').toHaveLength(1);
  await running[0]?.end('succeeded');
  expect(settled).toEqual([]);
  expect(running.map(({ bodies }) => bodies)).toEqual([['1'], ['1']]);
  await running[1]?.end('succeeded');
  expect(settled).toEqual(['second channel: acknowledge up to 1']);
  await turn();
  expect(running, 'nothing is left of the first channel').toHaveLength(2);
});

test('a batch that is kept for another attempt is forgotten when its channel is lost', async () => {
  const { dispatcher, running, receive } = started();
  receive(1);
  await turn();
  await running[0]?.end('refused');
  dispatcher.detach();
  await delay(150);
  expect(running).toHaveLength(1);
});

// Fails where what is too large is acknowledged: it is gone, and nobody knows of it.
test('what the filter does not want is acknowledged, and what is too large is rejected; neither is invoked with', async () => {
  const { dispatcher, running, settled, lines } = started({
    filter: (data) => data.toString() !== 'unwanted',
  });
  dispatcher.receive(deliveredMessage({ tag: 1, body: 'unwanted' }));
  dispatcher.receive(deliveredMessage({ tag: 2, body: Buffer.alloc(4_718_592) }));
  dispatcher.receive(deliveredMessage({ tag: 3, body: Buffer.alloc(4_718_000) }));
  await turn();
  expect(settled).toEqual(['first channel: acknowledge 1', 'first channel: reject 2']);
  expect(lines).toEqual(['dropped a message of 4718592 bytes: its event would be over 6 MB']);
  expect(running).toHaveLength(1);
});

test('a stop takes nothing more and ends with the running invocation', async () => {
  const { dispatcher, running, settled, receive } = started();
  receive(1);
  await turn();
  receive(2);
  let isStopped = false;
  const stop = dispatcher.stop().then(() => {
    isStopped = true;
  });
  receive(3);
  await turn();
  expect(isStopped).toBe(false);
  await running[0]?.end('succeeded');
  await stop;
  expect(running).toHaveLength(1);
  expect(settled).toEqual(['first channel: acknowledge up to 1']);
});

test('a stop does not wait for the delay after a failure', async () => {
  const { dispatcher, running, receive } = started();
  receive(1);
  await turn();
  await running[0]?.end('refused');
  const startedAtMs = performance.now();
  await dispatcher.stop();
  expect(performance.now() - startedAtMs).toBeLessThan(80);
  expect(running).toHaveLength(1);
});

// Fails where an acknowledgement up to a tag forgets a batch that no function has seen.
test('a batch that was refused when a stop began is not acknowledged by the one beside it', async () => {
  const { dispatcher, running, settled, receive } = started({ concurrency: 2, batchSize: 2 });
  for (const tag of [1, 2, 3, 4]) receive(tag);
  await turn();
  await running[0]?.end('refused');
  const stopping = dispatcher.stop();
  await turn();
  await running[1]?.end('succeeded');
  await stopping;
  expect(settled).toEqual(['first channel: acknowledge 3,4']);
});

test("an invocation is given its function's own time, and a minute for the start", async () => {
  const { timeouts, receive } = started({ functionTimeoutSeconds: 900 });
  receive(1);
  await turn();
  expect(timeouts).toEqual([960_000]);
});

// Fails where a batch that ended in an error of ours is forgotten, and acknowledged by the next success.
test('an invocation that throws leaves its batch unacknowledged for good', async () => {
  const log = { error: () => undefined, info: () => undefined, debug: () => undefined };
  const handled: number[] = [];
  const invoke: Invoke = () => {
    if (handled.push(handled.length + 1) === 1) throw new Error('a bug');
    return Promise.resolve({ kind: 'succeeded' });
  };
  const dispatcher = new Dispatcher({ ...mapping, batchSize: 1 }, invoke, log, new Counters('test', log));
  const settled: string[] = [];
  dispatcher.attach(settler(settled, 'channel'));
  for (const tag of [1, 2]) dispatcher.receive(deliveredMessage({ tag }));
  await turn();
  await turn();
  expect(handled).toEqual([1, 2]);
  expect(settled).toEqual(['channel: acknowledge 2']);
});

// Fails where the comma is counted once but not twice: a record that just fits is taken and never sent.
test.each([-1, 0])(
  'a record that fills the event to %i bytes is sent or dropped, and holds up nothing',
  async (over) => {
    const { dispatcher, running, receive } = started({ batchSize: 1 });
    const room = envelope(mapping).roomBytes + over;
    const body = 'x'.repeat(4_717_500);
    const padding = room - eventRecord(deliveredMessage({ body, properties: { messageId: '' } })).bytes;
    const exact = deliveredMessage({ tag: 1, body, properties: { messageId: 'y'.repeat(padding) } });
    expect(eventRecord(exact).bytes).toBe(room);
    dispatcher.receive(exact);
    receive(2);
    for (let round = 0; round < 3; round += 1) {
      await turn();
      await running.at(-1)?.end('succeeded');
    }
    expect(running.map(({ bodies }) => bodies.length)).toEqual(over === 0 ? [1] : [1, 1]);
    expect(running.at(-1)?.bodies).toEqual(['2']);
  },
);
