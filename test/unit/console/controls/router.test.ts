import { createServer, type Server, request as send } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import * as z from 'zod';
import { application } from '../../../../infra/application.ts';
import { allowedIn, forCallers } from '../../../../infra/local/callers.ts';
import { bundleConsole } from '../../../../infra/local/console/bundle.ts';
import { Refusal } from '../../../../infra/local/console/controls/refusal.ts';
import { controlsRouter } from '../../../../infra/local/console/controls/router.ts';
import { newToken } from '../../../../infra/local/console/controls/token.ts';
import { consoleListener } from '../../../../infra/local/console/server.ts';

/**
 * Goal: the controls are moved by the console's own page alone, with the token of this start, and by nothing that is no act. Method:
 * the real listener, with controls that note what they were asked.
 */
const token = newToken();
const done: unknown[] = [];
const controls = {
  look: { run: async () => ({ seen: true }) },
  act: {
    body: z.strictObject({ count: z.int().min(1).max(3) }),
    run: async (body: unknown) => {
      done.push(body);
    },
  },
  refused: {
    body: z.strictObject({}),
    run: async () => {
      throw new Refusal(409, 'Conflict', 'Heal that first.');
    },
  },
  faulty: { run: async () => Promise.reject(new Error('a secret of the machine')) },
};
const upstream = { api: 'http://127.0.0.1:1', token: async () => 'operator' };
const assets = bundleConsole(application);

let server: Server;
let port: number;

const listening = async (listener: Server): Promise<number> => {
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
  return (listener.address() as AddressInfo).port;
};

beforeAll(async () => {
  const allowed = allowedIn({ ALLOWED_ORIGINS: 'http://friend.example' });
  server = createServer(
    forCallers(allowed, consoleListener(assets, upstream, controlsRouter(token, controls))),
  );
  port = await listening(server);
});
afterEach(() => {
  done.length = 0;
});
afterAll(() => {
  server.close();
  server.closeAllConnections();
});

type Headers = Readonly<Record<string, string>>;
const own: Headers = { 'sec-fetch-site': 'same-origin' };
const bearer = (secret: string): Headers => ({ authorization: `Bearer ${secret}` });
const withToken: Headers = { ...own, ...bearer(token) };
const json: Headers = { 'content-type': 'application/json' };

const ask = (path: string, headers: Headers, body?: string, method = body === undefined ? 'GET' : 'POST') =>
  new Promise<{ status: number; headers: Readonly<Record<string, unknown>>; said: string }>(
    (resolve, reject) => {
      const host = `127.0.0.1:${port}`;
      const request = send({ host: '127.0.0.1', port, path, method, headers: { host, ...headers } });
      request.once('error', reject).once('response', (response) => {
        text(response).then(
          (said) => resolve({ status: response.statusCode ?? 0, headers: response.headers, said }),
          reject,
        );
      });
      request.end(body);
    },
  );

describe('the token', () => {
  test('is another at each start, and no guess', () => {
    expect(newToken()).toMatch(/^[\w-]{43}$/);
    expect(newToken()).not.toBe(newToken());
  });

  test('is given to the console’s own page, and kept nowhere', async () => {
    const { status, headers, said } = await ask('/controls/token', {
      ...own,
      origin: `http://127.0.0.1:${port}`,
    });
    expect([status, JSON.parse(said)]).toEqual([200, { token }]);
    expect(headers).toMatchObject({ 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' });
    expect(headers['access-control-allow-origin']).toBeUndefined();
  });

  test.each<[string, Headers]>([
    ['a program, or a browser that does not say where it comes from', {}],
    ['whoever types the address', { 'sec-fetch-site': 'none' }],
    ['a picture in another page', { 'sec-fetch-site': 'cross-site' }],
    ['a page of another port', { 'sec-fetch-site': 'same-site', origin: 'http://127.0.0.1:1' }],
    ['a page that may call the API', { 'sec-fetch-site': 'cross-site', origin: 'http://friend.example' }],
    ['a page of another origin that says it is not', { ...own, origin: 'http://friend.example' }],
    ['a page whose name leads here', { ...own, host: 'evil.example' }],
  ])('is not given to %s', async (_, headers) => {
    const { status, said } = await ask('/controls/token', headers);
    expect(status).toBe(403);
    expect(said).not.toContain(token);
    expect(JSON.parse(said)).toMatchObject({ status: 403, title: 'Forbidden' });
  });

  test('is read, and nothing else', async () => {
    expect((await ask('/controls/token', { ...own, ...json }, '{}')).status).toBe(405);
  });
});

describe('a control', () => {
  test('does what it is asked with the token', async () => {
    expect(await ask('/controls/look', withToken)).toMatchObject({ status: 200, said: '{"seen":true}' });
    expect(await ask('/controls/act', { ...withToken, ...json }, '{"count":3}')).toMatchObject({
      ...{ status: 200, said: '{}' },
    });
    expect(done).toEqual([{ count: 3 }]);
  });

  test.each<[number, string, Headers]>([
    [401, 'without a token', own],
    [401, 'with a token of another kind', { ...own, authorization: `Basic ${token}` }],
    [403, 'with a wrong one', { ...own, ...bearer(newToken()) }],
    [403, 'with a part of it', { ...own, ...bearer(token.slice(1)) }],
    [403, 'with the token, from another origin', { ...withToken, origin: 'http://evil.example' }],
    [
      403,
      'with the token, from a page that may call the API',
      { ...withToken, origin: 'http://friend.example' },
    ],
    [403, 'with the token, from another site', { ...withToken, 'sec-fetch-site': 'cross-site' }],
    [403, 'with the token, from no page', bearer(token)],
  ])('answers %i %s, and does nothing', async (status, _, headers) => {
    const reply = await ask('/controls/act', { ...headers, ...json }, '{"count":1}');
    expect([reply.status, JSON.parse(reply.said).status]).toEqual([status, status]);
    expect(reply.headers['content-type']).toBe('application/problem+json');
    expect(reply.headers['www-authenticate']).toBe(status === 401 ? 'Bearer' : undefined);
    expect(done).toEqual([]);
  });

  test('does not tell without the token which controls there are', async () => {
    expect((await ask('/controls/none', own)).status).toBe(401);
    expect((await ask('/controls/none', withToken)).status).toBe(404);
    expect((await ask('/controls/constructor', withToken)).status).toBe(404);
    expect((await ask('/controls/', withToken)).status).toBe(404);
  });

  test.each<[number, string, Headers, string]>([
    [415, 'a form', { 'content-type': 'text/plain' }, '{"count":1}'],
    [422, 'no JSON', json, '{"count":'],
    [422, 'a count beyond the bound', json, '{"count":4}'],
    [422, 'a member too many', json, '{"count":1,"other":2}'],
    [422, 'no object', json, 'null'],
    [413, 'a long body', json, `{"count":1,"other":"${'x'.repeat(5_000)}"}`],
  ])('answers %i to %s', async (status, _, headers, body) => {
    const reply = await ask('/controls/act', { ...withToken, ...headers }, body);
    expect([reply.status, JSON.parse(reply.said).status]).toEqual([status, status]);
    expect(done).toEqual([]);
  });

  test('names the flaw of a body', async () => {
    const { said } = await ask('/controls/act', { ...withToken, ...json }, '{"count":4}');
    expect(JSON.parse(said).detail).toMatch(/^\/count: /);
  });

  test('is asked by its own method', async () => {
    expect(await ask('/controls/act', withToken)).toMatchObject({ status: 405, headers: { allow: 'POST' } });
    expect(await ask('/controls/look', { ...withToken, ...json }, '{}')).toMatchObject({
      ...{ status: 405, headers: { allow: 'GET' } },
    });
  });

  test('that cannot do it says why', async () => {
    const { status, said } = await ask('/controls/refused', { ...withToken, ...json }, '{}');
    expect([status, JSON.parse(said)]).toEqual([
      409,
      { type: 'about:blank', title: 'Conflict', status: 409, detail: 'Heal that first.' },
    ]);
  });

  test('that fails tells the terminal, and the caller no more than that', async () => {
    const told = vi.spyOn(console, 'error').mockImplementation(() => {});
    const { status, said } = await ask('/controls/faulty', withToken);
    const lines = told.mock.calls.map((call) => call.map(String).join(' ')).join('\n');
    told.mockRestore();
    expect(status).toBe(500);
    expect(said).not.toContain('secret');
    expect(lines).toContain('a secret of the machine');
    expect(lines).not.toContain(token);
  });
});

test('a console without a playground has no controls', async () => {
  const alone = createServer(forCallers(allowedIn({}), consoleListener(assets, upstream)));
  const at = await listening(alone);
  const { status } = await fetch(`http://127.0.0.1:${at}/controls/token`, { headers: own });
  alone.close();
  alone.closeAllConnections();
  expect(status).toBe(404);
});
