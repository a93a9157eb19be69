import { afterEach, describe, expect, test, vi } from 'vitest';
import { type Call, clientOf, type Request } from '../../../api/client.ts';
import { typeText } from '../../../infra/specs/types.ts';

/** Goal: whoever builds on the API is told by the compiler what it takes. Method: what is wrong does not compile. */
type Takes<C extends Call, Given> = Given extends Request<C> ? 'taken' : 'refused';
const key = { 'Idempotency-Key': 'k' };
const body = { items: [{ sku: 'mug-blue', quantity: 2 }], paymentMethod: 'pm_card_visa' };

test('a request that lacks something is refused by the compiler', () => {
  const right: Takes<'POST /orders', { headers: typeof key; body: typeof body }> = 'taken';
  const keyless: Takes<'POST /orders', { headers: object; body: typeof body }> = 'refused';
  const empty: Takes<'POST /orders', { headers: typeof key; body: object }> = 'refused';
  const nowhere: Takes<'GET /stock/{sku}', object> = 'refused';
  const unexplained: Takes<'POST /orders/{orderId}/cancel', { path: { orderId: string } }> = 'taken';
  expect([right, keyless, empty, nowhere, unexplained]).toHaveLength(5);
});

const addressOf = (url: unknown): string => (url instanceof URL ? url.href : '');

describe('a call', () => {
  afterEach(() => vi.restoreAllMocks());
  const answer = (text: string, contentType: string, status = 200) =>
    vi
      .spyOn(globalThis, 'fetch')
      .mockImplementation(
        async () => new Response(text, { status, headers: { 'content-type': contentType } }),
      );

  test('is sent with all of its parts', async () => {
    const fetched = answer('{"orderId":"ord_1"}', 'application/json; charset=utf-8', 202);
    const reply = await clientOf('http://api/prod', 't')('POST /orders', { headers: key, body });
    expect([reply.status, reply.body]).toEqual([202, { orderId: 'ord_1' }]);
    const [url, { method, headers, body: sent } = {}] = fetched.mock.calls[0] ?? [];
    expect([addressOf(url), method, sent]).toEqual(['http://api/prod/orders', 'POST', JSON.stringify(body)]);
    expect(headers).toEqual({ authorization: 'Bearer t', 'content-type': 'application/json', ...key });
  });

  test('has its parameters in the path and the query, as text', async () => {
    const fetched = answer('{}', 'application/problem+json', 404);
    const call = clientOf('http://api');
    expect((await call('GET /stock/{sku}', { path: { sku: 'a/b?c' } })).status).toBe(404);
    await call('GET /stock', { query: { limit: 5, cursor: 'x y' } });
    expect(fetched.mock.calls.map(([url]) => addressOf(url))).toEqual([
      'http://api/stock/a%2Fb%3Fc',
      'http://api/stock?limit=5&cursor=x+y',
    ]);
  });

  test('may bring a page, or nothing', async () => {
    answer('<!doctype html>', 'text/html');
    expect((await clientOf('http://api')('GET /docs')).body).toBe('<!doctype html>');
    answer('', '');
    expect((await clientOf('http://api')('GET /docs')).body).toBeUndefined();
  });
});

test.each([
  [{ type: 'integer' }, 'number'],
  [{ const: 'x' }, '"x"'],
  [{ enum: ['a', 1] }, '"a" | 1'],
  [{ type: 'array', items: { anyOf: [{ type: 'string' }, { type: 'null' }] } }, 'readonly (string | null)[]'],
  [{ type: 'object', additionalProperties: { type: 'boolean' } }, '{ readonly [name: string]: boolean }'],
  [{ type: 'object', properties: { a: {} }, required: ['a'] }, '{\n  readonly a: unknown;\n}'],
  [{ type: 'object', properties: { 'a-b': { type: 'string' } } }, "{\n  readonly 'a-b'?: string;\n}"],
  [{ $ref: '#/components/schemas/Order' }, 'Order'],
] as const)('%j is the type %s', (schema, type) => {
  expect(typeText(structuredClone(schema) as never, '')).toBe(type);
});
