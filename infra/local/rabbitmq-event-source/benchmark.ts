/**
 * Goal: the cost of the event source, compared with the least code that consumes and invokes.
 * Method: fill a queue, then drain it into a Lambda endpoint that answers at once. The event source does it, and so
 * does the least code with amqplib and the AWS SDK. Both use full batches of the same size and events of the same
 * length; the least code's properties are a constant. After a warm-up, rounds are pairs in alternating order, and the
 * difference within each pair counts. CPU is this process's, user and system; the endpoint is another process.
 *
 *   RABBITMQ_URL=amqp://… node benchmark.ts [ROUNDS]
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { fileURLToPath } from 'node:url';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import amqp, { type ConsumeMessage } from 'amqplib';
import { startEventSource } from './event-source.ts';
import { lambdaEndpoint } from './invoke.ts';
import { readSettings } from './settings.ts';

const queue = `event-source-benchmark-${process.pid}`;
const bodyBytes = 400;
const silent = { error: console.error, info: () => undefined, debug: () => undefined };
const messagesOf = new Map([
  [1, 3_000],
  [10, 20_000],
  [100, 60_000],
]);

type Drain = (endpoint: string, batchSize: number, url: string) => Promise<() => Promise<void>>;
type Cost = { readonly perSecond: number; readonly cpuMicroseconds: number; readonly bytes: number };

const withEventSource: Drain = (endpoint, batchSize, url) => {
  // Only full batches, so both invoke equally often.
  const rabbitmq = { arn: 'arn', queue, batchSize, maximumBatchingWindow: 300 };
  const service = { functions: { any: { name: 'any', events: [{ rabbitmq }] } } };
  const settings = readSettings(service, { RABBITMQ_URL: url });
  const eventSource = startEventSource(settings, lambdaEndpoint(endpoint, 'us-east-1'), silent);
  return Promise.resolve(eventSource.stop);
};

const constantHead = '{"eventSource":"aws:rmq","eventSourceArn":"arn","rmqMessagesByQueue":{';
const constantProperties = `{"basicProperties":{"padding":"${'x'.repeat(278)}"},"redelivered":false,"data":"`;

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
  let running = Promise.resolve();
  const run = async (): Promise<void> => {
    isRunning = true;
    while (gathered.length >= batchSize) {
      const batch = gathered.slice(0, batchSize);
      gathered = gathered.slice(batchSize);
      const last = batch.at(-1);
      const records = batch.map(({ content }) => `${constantProperties}${content.toString('base64')}"}`);
      const Payload = Buffer.from(`${constantHead}"${queue}::/":[${records.join(',')}]}}`);
      await client.send(new InvokeCommand({ FunctionName: 'any', Payload }));
      if (last) channel.ack(last, true);
    }
    isRunning = false;
  };
  await channel.prefetch(2 * batchSize);
  await channel.consume(queue, (message) => {
    if (message) gathered.push(message);
    if (!isRunning && gathered.length >= batchSize) running = run();
  });
  return async () => {
    await running;
    await channel.close();
    await connection.close();
    client.destroy();
  };
};

async function fill(channel: amqp.ConfirmChannel, messages: number): Promise<void> {
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
}

/** The endpoint, in its own process so its CPU is not counted. After the expected invocations it reports their size. */
function answerAtOnce(): void {
  let missing = 0;
  let bytes = 0;
  const server = createServer((request, response) => {
    bytes += Number(request.headers['content-length']);
    missing -= 1;
    if (missing === 0) process.send?.(bytes);
    request.resume().on('end', () => response.setHeader('content-type', 'application/json').end('null'));
  });
  server.listen(0, '127.0.0.1', () => process.send?.(server.address()));
  process.on('disconnect', () => process.exit());
  process.on('message', (invocations: number) => {
    missing = invocations;
    bytes = 0;
  });
}

class Bench {
  readonly #url: string;
  readonly #endpoint: string;
  /** Resolves with their total bytes after so many invocations. */
  readonly #expect: (invocations: number) => Promise<number>;

  constructor(url: string, endpoint: string, expect: (invocations: number) => Promise<number>) {
    this.#url = url;
    this.#endpoint = endpoint;
    this.#expect = expect;
  }

  async #measure(drain: Drain, batchSize: number, messages: number): Promise<Cost> {
    const connection = await amqp.connect(this.#url, { noDelay: true });
    const channel = await connection.createConfirmChannel();
    await fill(channel, messages);
    const handled = this.#expect(messages / batchSize);
    const startedAtMs = performance.now();
    const before = process.cpuUsage();
    const stop = await drain(this.#endpoint, batchSize, this.#url);
    const bytes = await handled;
    const elapsedMs = performance.now() - startedAtMs;
    const { user, system } = process.cpuUsage(before);
    await stop();
    await channel.deleteQueue(queue);
    await connection.close();
    return { perSecond: (1_000 * messages) / elapsedMs, cpuMicroseconds: (user + system) / messages, bytes };
  }

  /** One round: both, one after another. */
  async pair(
    batchSize: number,
    messages: number,
    isOursFirst: boolean,
  ): Promise<{ ours: Cost; least: Cost }> {
    const first = await this.#measure(isOursFirst ? withEventSource : withTheLeastCode, batchSize, messages);
    const second = await this.#measure(isOursFirst ? withTheLeastCode : withEventSource, batchSize, messages);
    const [ours, least] = isOursFirst ? [first, second] : [second, first];
    if (Math.abs(ours.bytes / least.bytes - 1) > 0.01) {
      throw new Error(`the two did not do the same: ${JSON.stringify({ ours, least })}`);
    }
    return { ours, least };
  }
}

function spread(values: readonly number[], digits: number): string {
  const sorted = values.toSorted((one, other) => one - other);
  const at = (share: number): string =>
    (sorted[Math.floor(share * (sorted.length - 1))] ?? 0).toFixed(digits);
  return `${at(0.5)} (${at(0)}..${at(1)})`;
}

async function compare(url: string, rounds: number): Promise<void> {
  const child = fork(fileURLToPath(import.meta.url), ['answer-at-once']);
  const [{ port }] = await once(child, 'message');
  const expect = async (invocations: number): Promise<number> => {
    child.send(invocations);
    const [bytes] = await once(child, 'message');
    return bytes;
  };
  const bench = new Bench(url, `http://127.0.0.1:${port}`, expect);
  for (const [batchSize, messages] of messagesOf) {
    for (const isOursFirst of [true, false]) await bench.pair(batchSize, messages / 2, isOursFirst);
    const pairs: { ours: Cost; least: Cost }[] = [];
    for (let round = 0; round < rounds; round += 1) {
      pairs.push(await bench.pair(batchSize, messages, round % 2 === 0));
    }
    const cpu = pairs.map(({ ours, least }) => [ours.cpuMicroseconds, least.cpuMicroseconds] as const);
    const percents = cpu.map(([ours, least]) => 100 * (ours / least - 1));
    console.log(
      `batchSize ${batchSize}: ${spread(
        pairs.map(({ ours }) => ours.perSecond),
        0,
      )} messages/s;`,
      `µs of CPU a message: ${spread(
        cpu.map(([ours]) => ours),
        1,
      )},`,
      `least code ${spread(
        cpu.map(([, least]) => least),
        1,
      )}, difference ${spread(percents, 0)} %`,
    );
  }
  child.kill();
}

if (process.argv[2] === 'answer-at-once') answerAtOnce();
else await compare(process.env.RABBITMQ_URL ?? 'amqp://127.0.0.1', Number(process.argv[2] ?? 9));
