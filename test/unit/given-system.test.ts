import { expect, test } from 'vitest';
import { givenSystem } from '../support/saga/given-system.ts';

test('a suite runs against the endpoints it is given, against its own system if it is given none', () => {
  expect(givenSystem({})).toBeUndefined();
  const names = ['API', 'LAMBDA', 'RABBITMQ', 'DYNAMODB', 'PAYMENTS', 'ISSUER'];
  const shell = Object.fromEntries(names.map((name) => [`SAGA_${name}_URL`, `http://${name}`]));
  const given = givenSystem({
    ...shell,
    SAGA_DATA_DIR: '/d',
    SAGA_RETRY_DELAYS: '1s',
    SAGA_STAGE: 'localstack',
  });
  expect(given?.urls).toMatchObject({
    api: 'http://API',
    rabbitmq: 'http://RABBITMQ',
    issuer: 'http://ISSUER',
  });
  expect(given?.environment).toMatchObject({
    ORDER_TABLE: 'order-saga-localstack-order',
    RETRY_DELAYS: '1s',
  });
});

test('some of the endpoints are not enough: half a suite against another system proves nothing', () => {
  expect(() => givenSystem({ SAGA_API_URL: 'http://x' })).toThrow('not set: SAGA_LAMBDA_URL');
});
