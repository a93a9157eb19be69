/**
 * Goal: what the event source costs, and what it adds to consuming and invoking, which is needed in any case.
 * Method: a queue is filled, then drained twice into a Lambda endpoint that answers at once, by the event source and by
 * the least code that consumes and invokes in batches of the same size, with events of the same size whose properties
 * are a constant. CPU is this process's, user and system.
 *
 *   RABBITMQ_URL=amqp://… node benchmark.ts
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { fileURLToPath } from 'node:url';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import amqp, { type Channel, type ConsumeMessage } from 'amqplib';
import { startEventSource } from './event-source.ts';
import { lambdaEndpoint } from './invoke.ts';
import { readSettings } from './settings.ts';

const queue = `event-source-benchmark-${process.pid}`;
const bodyBytes = 400;
const rounds = 7;
const silent = { error: console.error, info: () => undefined, debug: () => undefined };

type Drain = (endpoint: string, batchSize: number, url: string) => Promise<() => Promise<void>>;

const withEventSource: Drain = (endpoint, batchSize, url) => {
  const settings = readSettings(
    {
      functions: {
        any: {
          name: 'any',
          events: [{ rabbitmq: { arn: 'arn', queue, batchSize, maximumBatchingWindow: 0 } }],
        },
      },
    },
    { RABBITMQ_URL: url },
  );
  const eventSource = startEventSource(settings, lambdaEndpoint(endpoint, 'us-east-1'), silent);
  return Promise.resolve(eventSource.stop);
};

const constantProperties = `{"basicProperties":{"padding":"${'x'.repeat(277)}"},"redelivered":false,"data":"`;

const withTheLeastCode: Drain = async (endpoint, batchSize, url) => {
  const client = new LambdaClient({
    endpoint,
    region: 'us-east-1',
    maxAttempts: 1,
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
  const connection = await amqp.connect(url, { noDelay: true });
  const channel = await connection.createChannel();
  let gathered: ConsumeMessage[] = [];
  let isRunning = false;
  let isStopped = false;
  const run = async (): Promise<void> => {
    isRunning = true;
    while (gathered.length > 0 && !isStopped) {
      const batch = gathered.slice(0, batchSize);
      gathered = gathered.slice(batchSize);
      const last = batch.at(-1);
      const records = batch.map(({ content }) => `${constantProperties}${content.toString('base64')}"}`);
      const Payload = Buffer.from(`{"rmqMessagesByQueue":{"${queue}::/":[${records.join(',')}]}}`);
      await client.send(new InvokeCommand({ FunctionName: 'any', Payload }));
      if (last && !isStopped) channel.ack(last, true);
    }
    isRunning = false;
  };
  await channel.prefetch(2 * batchSize);
  await channel.consume(queue, (message) => {
    if (message) gathered.push(message);
    setImmediate(() => {
      if (!isRunning) run().catch(console.error);
    });
  });
  return async () => {
    isStopped = true;
    await channel.close();
    await connection.close();
    client.destroy();
  };
};

async function measure(drain: Drain, endpoint: string, batchSize: number, messages: number, url: string) {
  const connection = await amqp.connect(url, { noDelay: true });
  const channel = await connection.createConfirmChannel();
  await channel.assertQueue(queue, { durable: true, arguments: { 'x-queue-type': 'quorum' } });
  const body = Buffer.alloc(bodyBytes, 'x');
  const options = {
    persistent: true,
    messageId: 'id',
    contentType: 'application/json',
    headers: { traceparent: 't' },
  };
  for (let index = 0; index < messages; index += 1) channel.sendToQueue(queue, body, options);
  await channel.waitForConfirms();
  const startedAtMs = performance.now();
  const before = process.cpuUsage();
  const stop = await drain(endpoint, batchSize, url);
  await emptied(channel);
  const elapsedMs = performance.now() - startedAtMs;
  const { user, system } = process.cpuUsage(before);
  await stop();
  await channel.deleteQueue(queue);
  await connection.close();
  return { perSecond: (1_000 * messages) / elapsedMs, cpuMicroseconds: (user + system) / messages };
}

async function emptied(channel: Channel): Promise<void> {
  while ((await channel.checkQueue(queue)).messageCount > 0) {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** In a process of its own, so that its work is not counted. */
function answerAtOnce(): void {
  const server = createServer((request, response) => {
    request.resume().on('end', () => response.setHeader('content-type', 'application/json').end('null'));
  });
  server.listen(0, '127.0.0.1', () => process.send?.(server.address()));
}

async function compare(url: string): Promise<void> {
  const child = fork(fileURLToPath(import.meta.url), ['answer-at-once']);
  const [{ port }] = await once(child, 'message');
  const endpoint = `http://127.0.0.1:${port}`;
  for (const [batchSize, messages] of [
    [1, 4_000],
    [10, 20_000],
    [100, 60_000],
  ] as const) {
    const results = { least: Number.POSITIVE_INFINITY, ours: Number.POSITIVE_INFINITY, perSecond: 0 };
    for (let round = 0; round < rounds; round += 1) {
      const least = await measure(withTheLeastCode, endpoint, batchSize, messages, url);
      const ours = await measure(withEventSource, endpoint, batchSize, messages, url);
      results.least = Math.min(results.least, least.cpuMicroseconds);
      results.ours = Math.min(results.ours, ours.cpuMicroseconds);
      results.perSecond = Math.max(results.perSecond, ours.perSecond);
    }
    const { least, ours, perSecond } = results;
    console.log(
      `batchSize ${batchSize}: ${perSecond.toFixed(0)} messages/s, ${ours.toFixed(1)} µs of CPU a message;`,
      `least code ${least.toFixed(1)} µs, so ${(100 * (ours / least - 1)).toFixed(0)}% more`,
    );
  }
  child.kill();
}

if (process.argv[2] === 'answer-at-once') answerAtOnce();
else await compare(process.env.RABBITMQ_URL ?? 'amqp://127.0.0.1');
