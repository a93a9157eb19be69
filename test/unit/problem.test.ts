import type { Context } from 'aws-lambda';
import { afterAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { StoreUnavailableError } from '../../engine/batch/store.ts';
import { endpoint } from '../../engine/http/endpoint.ts';
import { type HttpEvent, type HttpReply, json } from '../../engine/http/http.ts';
import { Problem } from '../../engine/http/problem.ts';
import { shop } from '../../functions/shop.ts';
import { httpEvent } from '../support/http-event.ts';

const call = async (handle: () => Promise<HttpReply>): Promise<{ reply: HttpReply; problem: unknown }> => {
  const event = { ...httpEvent({}), requestContext: { requestId: 'req-1' } as HttpEvent['requestContext'] };
  const reply = await endpoint(shop, [], handle)(event, {} as Context);
  return { reply, problem: JSON.parse(reply.body) };
};
const throwing = (error: unknown) =>
  call(() => {
    throw error;
  });

describe('whatever a handler throws is answered with problem details', () => {
  const logged = vi.spyOn(process.stdout, 'write');
  beforeEach(() => void logged.mockReset().mockReturnValue(true));
  afterAll(() => logged.mockRestore());

  test('what went well is left alone', async () => {
    const { reply } = await call(() => Promise.resolve(json(200, { fine: true })));
    expect(reply).toMatchObject({ statusCode: 200, body: '{"fine":true}' });
  });

  test('a problem tells the caller what to do, and where', async () => {
    const flaws = [{ pointer: '/items/0', detail: 'is wrong' }];
    const { reply, problem } = await throwing(new Problem('invalid-content', 'Look here.', flaws));
    expect(reply).toMatchObject({ statusCode: 422, headers: { 'content-type': 'application/problem+json' } });
    expect(problem).toEqual({
      type: 'urn:order-saga:problem:invalid-content',
      title: 'The content is not valid',
      status: 422,
      detail: 'Look here.',
      errors: flaws,
    });
    expect(logged).not.toHaveBeenCalled();
  });

  test.each([
    ['bad-request', 400],
    ['idempotency-key-missing', 400],
    ['forbidden', 403],
    ['not-found', 404],
    ['conflict', 409],
    ['too-large', 413],
    ['unsupported-media-type', 415],
    ['invalid-content', 422],
    ['idempotency-key-reused', 422],
  ] as const)('%s is a %i, and nothing to wait for', async (type, status) => {
    const { reply, problem } = await throwing(new Problem(type, 'Why.'));
    expect(reply.statusCode).toBe(status);
    expect(problem).toMatchObject({ type: `urn:order-saga:problem:${type}`, status, detail: 'Why.' });
    expect(problem).not.toHaveProperty('errors');
    expect(reply.headers).not.toHaveProperty('retry-after');
  });

  test('what has moved on is called by its name', async () => {
    const { problem } = await throwing(new Problem('conflict', 'Why.'));
    expect(problem).toMatchObject({ title: 'The order has moved on' });
  });

  test('a table that does not answer is a 503 that says when to try again, and names no table', async () => {
    const { reply, problem } = await throwing(new StoreUnavailableError('order-saga-prod-order: throttled'));
    expect(reply.statusCode).toBe(503);
    expect(Number(reply.headers?.['retry-after'])).toBeGreaterThan(0);
    expect(problem).toMatchObject({ status: 503, type: 'urn:order-saga:problem:unavailable' });
    expect(reply.body).not.toContain('order-saga-prod');
    expect(logged.mock.calls.join()).toContain('order-saga-prod-order: throttled');
  });

  test.each([
    ['an error', Object.assign(new TypeError('secret sk_live_1'), { statusCode: 418, expose: true })],
    ['a text', 'secret sk_live_1'],
    ['nothing', undefined],
    ['null', null],
  ])('%s that nobody foresaw is a 500 that leaks nothing and is logged', async (_what, error) => {
    const { reply, problem } = await throwing(error);
    expect(reply.statusCode).toBe(500);
    expect(problem).toMatchObject({ type: 'urn:order-saga:problem:internal', status: 500 });
    expect(JSON.stringify(reply)).not.toMatch(/secret|TypeError|\.ts/);
    expect(logged).toHaveBeenCalledOnce();
    if (error instanceof Error) expect(logged.mock.calls.join()).toContain('secret sk_live_1');
    expect(logged.mock.calls.join()).toContain('"requestId":"req-1"');
  });
});
