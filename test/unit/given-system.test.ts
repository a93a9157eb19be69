import { expect, test } from 'vitest';
import { givenSystem } from '../support/saga/given-system.ts';
import { givenNames, variablesOf } from '../support/saga/given-variables.ts';

const parts = ['API', 'LAMBDA', 'RABBITMQ', 'DYNAMODB', 'PAYMENTS', 'ISSUER'];
const endpoints = Object.fromEntries(parts.map((part) => [`SAGA_${part}_URL`, `http://${part}`]));

test('a suite runs against the endpoints it is given, against its own system if it is given none', () => {
  expect(givenSystem({})).toBeUndefined();
  const given = givenSystem({ ...endpoints, SAGA_DATA_DIR: '/d' });
  expect(given?.urls).toEqual({
    ...{ api: 'http://API', lambda: 'http://LAMBDA', rabbitmq: 'http://RABBITMQ' },
    ...{ dynamodb: 'http://DYNAMODB', payments: 'http://PAYMENTS', issuer: 'http://ISSUER' },
  });
  expect(given?.environment).toMatchObject({
    ...{ ORDER_TABLE: 'order-saga-local-order', BROKER_PASSWORD: 'local' },
    RETRY_DELAYS: '1s,5s,30s,2m,10m',
  });
});

test('what a system is otherwise than usual is told with it', () => {
  const urls = givenSystem({ ...endpoints, SAGA_DATA_DIR: '/d' })?.urls;
  if (urls === undefined) throw new Error('no system');
  const own = { stage: 'localstack', retryDelays: '1s', brokerPassword: 'secret' };
  const variables = variablesOf({ urls, dataDir: '/d', ...own });
  expect(new Set(Object.keys(variables))).toEqual(givenNames);
  expect(givenSystem(variables)?.environment).toMatchObject({
    ...{ ORDER_TABLE: 'order-saga-localstack-order', STAGE: 'localstack' },
    ...{ RETRY_DELAYS: '1s', BROKER_PASSWORD: 'secret' },
  });
});

test('some of the endpoints are not enough: half a suite against another system proves nothing', () => {
  expect(() => givenSystem({ SAGA_API_URL: 'http://x' })).toThrow('not set: SAGA_LAMBDA_URL');
});
