import amqp, { type ChannelModel } from 'amqplib';
import { afterAll, beforeAll, expect, inject, test, vi } from 'vitest';
import { type Driver, drivers, QUEUE } from '../support/bounds/drivers.ts';
import { amqpFaults, httpFaults, type Outside, startAmqp, startHttp } from '../support/bounds/outside.ts';
import { boundsInDocument } from '../support/bounds/table.ts';

/**
 * Goal: no call to the outside waits for longer than docs/operations.md says, and it ends as is said there. Method: each
 * is made, in the product's own code, to a server that says nothing, to one that says a byte now and then, and to one that
 * ends the connection; the broker is a real one, behind a proxy that plays these faults from each step on.
 */
let admin: ChannelModel;
beforeAll(async () => {
  const settings = {
    AWS_REGION: 'eu-central-1',
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
    STRIPE_SECRET_KEY: 'sk_test_bounds',
    JWKS_URL: '',
    TOKEN_ISSUER: 'issuer',
    TOKEN_AUDIENCE: 'audience',
    STRIPE_API_BASE: '',
    AWS_ENDPOINT_URL_SECRETS_MANAGER: '',
    OTEL_EXPORTER_OTLP_ENDPOINT: '',
  };
  for (const [name, value] of Object.entries(settings)) vi.stubEnv(name, value);
  admin = await amqp.connect(inject('rabbitmqUrl'), { noDelay: true });
  await makeQueue(QUEUE);
});
afterAll(async () => {
  vi.unstubAllEnvs();
  const channel = await admin.createChannel();
  for (const queue of [...made, 'saga.topology']) await channel.deleteQueue(queue);
  await admin.close();
});

const made: string[] = [];

async function makeQueue(queue: string, messages = 0): Promise<void> {
  const channel = await admin.createConfirmChannel();
  await channel.assertQueue(queue, { arguments: { 'x-queue-type': 'quorum' } });
  made.push(queue);
  for (let sent = 0; sent < messages; sent += 1) channel.sendToQueue(queue, Buffer.from('{}'));
  await channel.waitForConfirms();
  await channel.close();
}

/** A busy machine is late, too. */
const SLACK_MS = 2_000;

type Call = Awaited<ReturnType<Driver['calls']>>[number];

/** What is wrong with how long it took, or how it ended. */
async function flawsOf(call: Call, limitsMs: readonly number[], fault: string): Promise<readonly string[]> {
  const limitMs = 'ms' in call.limit ? call.limit.ms : (limitsMs[call.limit.figure] ?? 0);
  const beganMs = performance.now();
  const timer = Promise.withResolvers<undefined>();
  const ending = setTimeout(() => timer.resolve(undefined), limitMs + SLACK_MS);
  const result = await Promise.race([
    Promise.allSettled([call.make()]).then(([settled]) => settled),
    timer.promise,
  ]);
  clearTimeout(ending);
  if (result === undefined)
    return [`${fault}: not ended after ${Math.round(performance.now() - beganMs)} ms`];
  if (call.isExpected(result)) return [];
  return [`${fault}: ${result.status === 'rejected' ? String(result.reason) : 'it succeeded'}`];
}

async function judge(
  outside: Outside,
  fault: string,
  calls: readonly Call[],
  limitsMs: readonly number[],
): Promise<readonly string[]> {
  const flaws = await Promise.all(calls.map((call) => flawsOf(call, limitsMs, fault)));
  await outside.end();
  return flaws.flat();
}

/** The same calls for each fault, all at once if they can be. */
async function flawsOver(driver: Driver, limitsMs: readonly number[]): Promise<readonly string[]> {
  const judging: Promise<readonly string[]>[] = [];
  if (driver.over === 'http') {
    for (const fault of httpFaults) {
      const outside = await startHttp(fault);
      const judged = judge(outside, fault, await driver.calls(outside.url), limitsMs);
      judging.push(judged);
      if (driver.isInTurn) await judged;
    }
  } else {
    for (const point of driver.points) {
      for (const fault of amqpFaults) {
        const queue = driver.queueOf?.(point, fault);
        if (queue !== undefined) await makeQueue(queue, 2);
        const outside = await startAmqp(inject('rabbitmqUrl'), point, fault);
        judging.push(judge(outside, `${point} ${fault}`, driver.calls(outside.url, point, fault), limitsMs));
      }
    }
  }
  return (await Promise.all(judging)).flat();
}

test.concurrent.each(boundsInDocument().map(({ files: [file = ''], limitsMs }) => ({ file, limitsMs })))(
  'the calls of $file end within their limit, as is said',
  { timeout: 180_000 },
  async ({ file, limitsMs }) => {
    const driver = drivers[file];
    if (driver === undefined) throw new Error(`nothing drives ${file}`);
    expect(await flawsOver(driver, limitsMs)).toEqual([]);
  },
);
