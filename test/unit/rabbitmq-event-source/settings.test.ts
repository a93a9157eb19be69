import { expect, test } from 'vitest';
import { readSettings } from '../../../infra/local/rabbitmq-event-source/settings.ts';

const environment = { RABBITMQ_URL: 'amqp://user:a-secret@127.0.0.1:5672' };

type Parts = {
  readonly event?: object;
  readonly definition?: object;
  readonly custom?: object;
  readonly provider?: object;
};

function service({ event, definition, custom, provider }: Parts): unknown {
  return {
    service: 'shop',
    provider: { name: 'aws', region: 'eu-west-1', ...provider },
    custom: { 'rabbitmq-event-source': { ...custom } },
    functions: {
      pay: {
        name: 'shop-local-pay',
        handler: 'pay.handler',
        events: [
          { http: {} },
          { rabbitmq: { arn: 'arn:aws:mq:x', basicAuthArn: 'arn', queue: 'payment', ...event } },
        ],
        ...definition,
      },
    },
  };
}

const read = (parts: Parts) => readSettings(service(parts), environment);

test("what is not set is as in AWS, but for the ARN's import", () => {
  expect(read({ event: { arn: { 'Fn::ImportValue': 'broker' } } })).toEqual({
    brokerUrl: environment.RABBITMQ_URL,
    region: 'eu-west-1',
    mappings: [
      {
        functionName: 'shop-local-pay',
        functionTimeoutSeconds: 6,
        eventSourceArn:
          'arn:aws:mq:eu-west-1:000000000000:broker:local:b-00000000-0000-0000-0000-000000000000',
        queue: 'payment',
        virtualHost: '/',
        enabled: true,
        batchSize: 100,
        batchingWindowMs: 500,
        concurrency: 1,
      },
    ],
  });
});

test('everything can be set', () => {
  const { brokerUrl, mappings } = read({
    custom: { url: 'amqps://127.0.0.1/other', concurrency: { pay: 3 } },
    definition: { timeout: 30 },
    event: {
      virtualHost: 'shop',
      enabled: false,
      batchSize: 10_000,
      maximumBatchingWindow: 300,
      filterPatterns: [{ data: { a: [1] } }],
    },
  });
  expect(brokerUrl).toBe('amqps://127.0.0.1/other');
  expect(mappings).toMatchObject([
    {
      functionTimeoutSeconds: 30,
      eventSourceArn: 'arn:aws:mq:x',
      virtualHost: 'shop',
      enabled: false,
      batchSize: 10_000,
      batchingWindowMs: 300_000,
      concurrency: 3,
      filter: expect.any(Function),
    },
  ]);
});

test('a window of 0 is no window', () => {
  expect(read({ event: { maximumBatchingWindow: 0 } }).mappings[0]?.batchingWindowMs).toBe(0);
});

test("the URL's virtual host serves where the event names none", () => {
  const settings = read({ custom: { url: 'amqp://127.0.0.1/a%2Fb' } });
  expect(settings.mappings[0]?.virtualHost).toBe('a/b');
});

test("the provider's timeout serves where the function has none", () => {
  expect(read({ provider: { timeout: 20 } }).mappings[0]?.functionTimeoutSeconds).toBe(20);
});

test('functions have as many mappings as rabbitmq events', () => {
  const events = ['a', 'b'].map((queue) => ({ rabbitmq: { arn: 'arn', queue } }));
  expect(read({ definition: { events } }).mappings.map(({ queue }) => queue)).toEqual(['a', 'b']);
  expect(read({ definition: { events: undefined } }).mappings).toEqual([]);
});

const where = 'functions.pay.events[1].rabbitmq';

test.each([
  [{ event: { batchSize: 0 } }, `${where}.batchSize must be a whole number from 1 to 10000, but is 0`],
  [{ event: { batchSize: 10_001 } }, `${where}.batchSize must be a whole number from 1 to 10000`],
  [{ event: { batchSize: '5' } }, `${where}.batchSize must be a whole number from 1 to 10000, but is "5"`],
  [
    { event: { maximumBatchingWindow: -1 } },
    `${where}.maximumBatchingWindow must be a whole number from 0 to 300`,
  ],
  [
    { event: { maximumBatchingWindow: 301 } },
    `${where}.maximumBatchingWindow must be a whole number from 0 to 300`,
  ],
  [
    { event: { maximumBatchingWindow: 0.5 } },
    `${where}.maximumBatchingWindow must be a whole number from 0 to 300`,
  ],
  [{ event: { enabled: 'false' } }, `${where}.enabled must be true or false, but is "false"`],
  [{ event: { queue: '' } }, `${where}.queue must be a text that is not empty`],
  [{ event: { virtualHost: 1 } }, `${where}.virtualHost must be a text`],
  [{ event: { arn: undefined } }, `${where}.arn must be an ARN or a CloudFormation reference to one`],
  [{ event: { filterPatterns: {} } }, `${where}.filterPatterns must be a list`],
  [{ definition: { timeout: 901 } }, 'functions.pay.timeout must be a whole number from 1 to 900'],
  [{ custom: { concurrency: { pay: 0 } } }, 'concurrency.pay must be a whole number from 1 to 1000'],
  [{ custom: { concurrency: { typo: 2 } } }, 'concurrency names a function that does not exist: typo'],
  [
    { custom: { url: 'http://127.0.0.1' } },
    'custom.rabbitmq-event-source.url or the environment variable RABBITMQ_URL',
  ],
  [
    { custom: { url: 'amqp://127.0.0.1/%zz' } },
    /^custom.rabbitmq-event-source.url or the environment .* %25$/,
  ],
  [{ custom: { url: 'amqp://a%zz:b@127.0.0.1' } }, /^custom.rabbitmq-event-source.url or .* %25$/],
  [{ custom: { url: 'amqp://a:b%zz@127.0.0.1' } }, /^custom.rabbitmq-event-source.url or .* %25$/],
  [
    { custom: { concurency: { pay: 2 } } },
    'custom.rabbitmq-event-source has no setting concurency; it has url, concurrency',
  ],
  [
    { event: { batchsize: 2 } },
    `${where} has no setting batchsize; it has arn, basicAuthArn, queue, batchSize, maximumBatchingWindow, virtualHost, enabled, filterPatterns`,
  ],
])('%j is refused', (parts, message) => {
  expect(() => read(parts)).toThrow(message);
});

test('a refused URL is not repeated, for it may hold a password', () => {
  expect(() => readSettings(service({}), { RABBITMQ_URL: 'http://user:a-secret@127.0.0.1' })).toThrow(
    /^(?!.*a-secret)/,
  );
  expect(() => readSettings(service({}), {})).toThrow('RABBITMQ_URL must be a URL');
});

test('only a mapping that is enabled needs a broker', () => {
  expect(readSettings(service({ definition: { events: [{ http: {} }] } }), {}).mappings).toEqual([]);
  expect(readSettings(service({ event: { enabled: false } }), {}).mappings).toMatchObject([
    { enabled: false, virtualHost: '/' },
  ]);
  expect(() => readSettings(service({ event: { enabled: true } }), {})).toThrow('RABBITMQ_URL must be a URL');
});
