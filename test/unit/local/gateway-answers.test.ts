import { expect, test } from 'vitest';
import { gatewayAnswer } from '../../../infra/local/gateway/answers.ts';

/** Goal: what no function has answered is answered on a laptop as infra/aws/api.yml has it. */
test.each([
  [400, 400, 'bad-request'],
  [401, 401, 'unauthorized'],
  [403, 403, 'forbidden'],
  [404, 404, 'not-found'],
  [413, 413, 'too-large'],
  [415, 415, 'unsupported-media-type'],
  [429, 429, 'too-many-requests'],
  [431, 431, 'bad-request'],
  [500, 500, 'internal'],
  // A function that threw, and one that was too late.
  [502, 502, 'internal'],
  [504, 504, 'internal'],
])('%i is answered with %i, %s', (status, answered, type) => {
  const { status: given, headers, body } = gatewayAnswer({ status });
  expect(given).toBe(answered);
  expect(headers).toMatchObject({
    'content-type': 'application/problem+json',
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
  });
  expect(headers['www-authenticate']).toBe(status === 401 ? 'Bearer realm="order-saga"' : undefined);
  if (status === 429 || status >= 500) expect(headers['retry-after']).toMatch(/^\d+$/);
  expect(JSON.parse(body)).toMatchObject({
    type: `urn:order-saga:problem:${type}`,
    detail: expect.any(String),
  });
});

test('an authorizer that did not do its work is an outage, which a caller may try again', () => {
  const { status, headers, body } = gatewayAnswer({ status: 500, type: 'AUTHORIZER_FAILURE' });
  expect(status).toBe(503);
  expect(headers['retry-after']).toMatch(/^\d+$/);
  expect(JSON.parse(body)).toMatchObject({ type: 'urn:order-saga:problem:unavailable' });
});
