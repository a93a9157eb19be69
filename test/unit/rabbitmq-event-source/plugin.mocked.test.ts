import { afterEach, expect, test, vi } from 'vitest';
import { startEventSource } from '../../../infra/local/rabbitmq-event-source/event-source.ts';
import RabbitmqEventSourcePlugin from '../../../infra/local/rabbitmq-event-source/index.ts';
import { lambdaEndpoint } from '../../../infra/local/rabbitmq-event-source/invoke.ts';

vi.mock(import('../../../infra/local/rabbitmq-event-source/event-source.ts'), () => ({
  startEventSource: vi.fn(() => ({ stop: () => Promise.resolve() })),
}));
vi.mock(import('../../../infra/local/rabbitmq-event-source/invoke.ts'), () => ({
  lambdaEndpoint: vi.fn(() => ({
    invoke: () => Promise.reject(new Error('unused')),
    close: () => undefined,
  })),
}));

afterEach(() => {
  vi.clearAllMocks();
});

/** What the plugin starts with, when serverless-offline has these options in its section and on the command line. */
async function startedWith(offline: object, cliOptions: Readonly<Record<string, unknown>> = {}) {
  const service = {
    provider: { region: 'eu-west-1' },
    custom: {
      'rabbitmq-event-source': { url: 'amqp://127.0.0.1' },
      'serverless-offline': offline,
    },
    functions: {
      pay: { name: 'shop-pay', timeout: 5, events: [{ rabbitmq: { arn: 'arn', queue: 'payment' } }] },
    },
  };
  const silent = () => undefined;
  const log = { error: silent, info: silent, debug: silent, warning: silent };
  const { hooks } = new RabbitmqEventSourcePlugin({ service, classes: { Error } }, cliOptions, { log });
  for (const moment of ['init', 'ready', 'end']) await hooks[`before:offline:start:${moment}`]?.();
  const [settings] = vi.mocked(startEventSource).mock.lastCall ?? [];
  return {
    endpoint: vi.mocked(lambdaEndpoint).mock.lastCall,
    timeouts: settings?.mappings.map(({ functionTimeoutSeconds }) => functionTimeoutSeconds),
  };
}

const noSignatures = true;

test("functions are invoked where serverless-offline's default has them, within their own time", async () => {
  expect(await startedWith({})).toEqual({
    endpoint: ['http://localhost:3002', 'eu-west-1', noSignatures],
    timeouts: [5],
  });
});

test("serverless-offline's section of the configuration is respected, and the command line before it", async () => {
  const offline = { host: '127.0.0.2', lambdaPort: 4002 };
  expect((await startedWith(offline)).endpoint?.[0]).toBe('http://127.0.0.2:4002');
  expect((await startedWith(offline, { lambdaPort: '5002' })).endpoint?.[0]).toBe('http://127.0.0.2:5002');
});

test('a function that runs without a timeout has the longest there is', async () => {
  expect((await startedWith({ noTimeout: true })).timeouts).toEqual([900]);
  expect((await startedWith({}, { noTimeout: true })).timeouts).toEqual([900]);
});
