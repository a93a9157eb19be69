import { expect, test } from 'vitest';
import { RuntimeApi } from '../../support/runtime/runtime-api.ts';
import { runtimeCall } from '../../support/runtime/runtime-call.ts';

/** Goal: what runs functions in tests speaks to them as Lambda does. https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html */
const id = '8476a536-e9f4-11e8-9739-2dfe598c3fcd';
const base = '/2018-06-01/runtime';

test.each([
  ['GET', '/invocation/next', { kind: 'next' }],
  ['POST', `/invocation/${id}/response`, { kind: 'response', requestId: id }],
  ['POST', `/invocation/${id}/error`, { kind: 'error', requestId: id }],
  ['POST', '/init/error', { kind: 'init-error' }],
])('%s %s is a call', (method, path, call) => {
  expect(runtimeCall(method, `${base}${path}`)).toEqual(call);
});

test.each([
  ['POST', '/invocation/next'],
  ['GET', `/invocation/${id}/response`],
  ['GET', '/init/error'],
  ['POST', `/invocation/${id}/answer`],
  ['POST', '/invocation//response'],
  ['POST', `/invocation/${id}/response/more`],
])('%s %s is none', (method, path) => {
  expect(runtimeCall(method, `${base}${path}`)).toBeUndefined();
});

test('another version has other calls', () => {
  expect(runtimeCall('GET', '/2019-01-01/runtime/invocation/next')).toBeUndefined();
  expect(runtimeCall(undefined, undefined)).toBeUndefined();
});

/** An API with what speaks to it, until the test ends. */
async function withApi(
  use: (api: RuntimeApi, call: (path: string, body?: object) => Promise<Response>) => Promise<void>,
) {
  const api = new RuntimeApi('arn:aws:lambda:here');
  const address = await api.listen();
  try {
    await use(api, (path, body) =>
      fetch(
        `http://${address}${base}${path}`,
        body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) },
      ),
    );
  } finally {
    api.close();
  }
}

test('an event is given to the runtime that asks, and its answer to whoever invoked', async () => {
  await withApi(async (api, call) => {
    const asking = call('/invocation/next');
    expect(await api.started).toBeUndefined();
    const answer = api.invoke({ order: 1 }, 1_700_000_000_000);
    const next = await asking;
    expect(await next.json()).toEqual({ order: 1 });
    const given = (name: string) => next.headers.get(`lambda-runtime-${name}`);
    expect(given('deadline-ms')).toBe('1700000000000');
    expect(given('invoked-function-arn')).toBe('arn:aws:lambda:here');
    // What another invocation would have answered is nobody's.
    await call(`/invocation/${id}/response`, { statusCode: 500 });
    const { status } = await call(`/invocation/${given('aws-request-id')}/response`, { statusCode: 200 });
    expect(status).toBe(202);
    expect(await answer).toEqual({ answer: { statusCode: 200 } });
  });
});

test('an event waits for the runtime, and an error is an answer, too', async () => {
  await withApi(async (api, call) => {
    const answer = api.invoke({ order: 2 }, 1);
    const next = await call('/invocation/next');
    const error = { errorType: 'Error', errorMessage: 'Unauthorized' };
    await call(`/invocation/${next.headers.get('lambda-runtime-aws-request-id')}/error`, error);
    expect(await answer).toEqual({ error });
  });
});

test('a runtime that cannot start says why', async () => {
  await withApi(async (api, call) => {
    const error = { errorType: 'Error', errorMessage: 'the environment variable ORDER_TABLE is not set' };
    await call('/init/error', error);
    expect(await api.started).toEqual(error);
    expect((await call('/restore/next')).status).toBe(404);
  });
});
