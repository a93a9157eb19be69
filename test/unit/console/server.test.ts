import { createServer, type Server, request as send } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { application } from '../../../infra/application.ts';
import { allowedIn, forCallers } from '../../../infra/local/callers.ts';
import { bundleConsole, choreographyOf, PAGE } from '../../../infra/local/console/bundle.ts';
import { consoleListener } from '../../../infra/local/console/server.ts';

/**
 * Goal: the console's port gives its files to this machine's browser, lends the operator's token to its own page alone, and
 * leads to no other file or host. Method: the real listener, before a server that says what it was asked.
 */
const TOKEN = 'token-of-the-operator';
/** What a first visit loads, on a slow line in a second. */
const MAX_FIRST_PAGE_BYTES = 60_000;

const assets = bundleConsole(application);
let api: Server;
let server: Server;
let port: number;

const listening = async (listener: Server): Promise<number> => {
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
  return (listener.address() as AddressInfo).port;
};

beforeAll(async () => {
  api = createServer((request, response) => {
    const { method, url, headers } = request;
    response.writeHead(url?.startsWith('/refused') ? 503 : 200, {
      'content-type': 'application/json',
      'retry-after': '7',
      'set-cookie': 'a=b',
      'access-control-allow-origin': '*',
    });
    text(request).then(
      (body) => response.end(JSON.stringify({ method, url, headers, body })),
      (error: unknown) => response.destroy(error as Error),
    );
  });
  const upstream = { api: `http://127.0.0.1:${await listening(api)}`, token: async () => TOKEN };
  server = createServer(forCallers(allowedIn({}), consoleListener(assets, upstream)));
  port = await listening(server);
});
afterAll(() => {
  for (const each of [server, api]) {
    each.close();
    each.closeAllConnections();
  }
});

interface Said {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** Sends a path as it is: `fetch` would tidy it up. */
const ask = (path: string, { method = 'GET', headers = {}, body }: Said = {}) =>
  new Promise<{ status: number; headers: Readonly<Record<string, unknown>>; body: string }>(
    (resolve, reject) => {
      const host = `127.0.0.1:${port}`;
      const request = send({ host: '127.0.0.1', port, path, method, headers: { host, ...headers } });
      request.once('error', reject).once('response', (response) => {
        text(response).then(
          (content) =>
            resolve({ status: response.statusCode ?? 0, headers: response.headers, body: content }),
          reject,
        );
      });
      request.end(body);
    },
  );

const first = [...assets].filter(([, { isLater = false }]) => !isLater);

test('the first page is at most 60 kB, compressed: of all files together that it loads', () => {
  const bytes = first.reduce((sum, [, { content }]) => sum + gzipSync(content).length, 0);
  expect(bytes).toBeLessThanOrEqual(MAX_FIRST_PAGE_BYTES);
});

test('the page loads its own files and no others', () => {
  const page = assets.get(PAGE)?.content.toString('utf8') ?? '';
  const named = [...page.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, path = '']) => path);
  const imported = first.flatMap(([, { content }]) =>
    [...content.toString('utf8').matchAll(/\bfrom"\.(\/[^"]+)"/g)].map(([, path = '']) => path),
  );
  expect([...named, ...new Set(imported)].toSorted()).toEqual(
    first
      .map(([path]) => path)
      .filter((path) => path !== PAGE)
      .toSorted(),
  );
  expect(
    assets
      .get('/console.css')
      ?.content.toString('utf8')
      .match(/url\(|@import/g),
  ).toBeNull();
});

test('who says what, and who undoes it, is derived from the declaration', () => {
  const { initiator, services, says, undoneBy } = choreographyOf(application);
  expect([initiator, services]).toEqual([application.initiator, application.services]);
  expect(Object.keys(says)).toEqual(application.eventTypes);
  expect(says['stock.reserved']).toEqual({ by: 'inventory', kind: 'step' });
  expect(undoneBy).toEqual(application.compensatorsOf(application.initiation.cancels));
});

describe('the page', () => {
  test.each([
    '/',
    '/?status=PENDING',
    '/playground',
    '/sagas/ord_1',
    '/dead-letters/payment?reason=%E2%80%A6',
  ])('is at %s, and may load nothing from elsewhere', async (path) => {
    const { status, headers, body } = await ask(path);
    expect([status, body]).toEqual([200, assets.get(PAGE)?.content.toString('utf8')]);
    expect(headers['content-security-policy']).toBe(
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; " +
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'",
    );
    expect(headers).toMatchObject({
      'x-content-type-options': 'nosniff',
      'cache-control': 'no-store',
      'referrer-policy': 'no-referrer',
      'cross-origin-opener-policy': 'same-origin',
    });
  });

  test('is only read', async () => {
    expect((await ask('/', { method: 'POST', body: 'a=b' })).status).toBe(405);
    expect(await ask('/', { method: 'HEAD' })).toMatchObject({ status: 200, body: '' });
  });

  test.each([
    '/../package.json',
    '/..%2fpackage.json',
    '/%2e%2e/package.json',
    '/console/../../etc/passwd',
    '/sagas/..%2f..%2fetc%2fpasswd',
    '/sagas/../../etc/passwd',
    '/.local/identity/signing-key.json',
    '/console.tsx',
    '/sagas/ord_1/timeline',
    '/\\..\\package.json',
    '/console.js%00.html',
  ])('leads to no file at %s', async (path) => {
    const { status, body } = await ask(path);
    expect([status, JSON.parse(body).status]).toEqual([404, 404]);
  });

  test.each(['//evil.example/', 'http://evil.example/api/orders', '*'])(
    'leads to no host at %s',
    async (path) => {
      expect([400, 403]).toContain((await ask(path)).status);
    },
  );
});

describe('a call', () => {
  test('is passed on with the token, its path, query and body, and nothing else that a caller says of itself', async () => {
    const { status, headers, body } = await ask('/api/orders/ord_1/nudge?a=%2F..%2F&b', {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        ...{ authorization: 'Bearer other', cookie: 'a=b', 'x-forwarded-for': '10.0.0.1' },
      },
      body: '{"dryRun":true}',
    });
    const asked = JSON.parse(body);
    expect([status, asked.method, asked.url, asked.body]).toEqual([
      ...[200, 'POST', '/orders/ord_1/nudge?a=%2F..%2F&b', '{"dryRun":true}'],
    ]);
    expect(asked.headers).toMatchObject({
      authorization: `Bearer ${TOKEN}`,
      'content-type': 'application/json',
    });
    expect(Object.keys(asked.headers)).not.toContain('cookie');
    expect(Object.keys(asked.headers)).not.toContain('x-forwarded-for');
    expect(Object.keys(headers)).not.toContain('set-cookie');
    expect(Object.keys(headers)).not.toContain('access-control-allow-origin');
    expect(headers).toMatchObject({ 'x-content-type-options': 'nosniff', 'cache-control': 'no-store' });
  });

  test('that is refused stays refused, with when to come back', async () => {
    expect(await ask('/api/refused')).toMatchObject({ status: 503, headers: { 'retry-after': '7' } });
  });

  test.each(['/api/../orders', '/api/%2e%2e/orders', '/api', '/API/orders'])(
    'is none at %s',
    async (path) => {
      expect((await ask(path)).status).toBe(404);
    },
  );

  test.each([
    ['another host', { host: 'evil.example' }],
    ['another origin', { origin: 'http://evil.example' }],
    ['a page of another port', { origin: 'http://127.0.0.1:1' }],
    ['a picture in another page', { 'sec-fetch-site': 'cross-site' }],
    ['a picture in a page of another port', { 'sec-fetch-site': 'same-site' }],
  ])('by %s is refused', async (_, headers) => {
    const { status, body } = await ask('/api/orders', { headers });
    expect(status).toBe(403);
    expect(body).not.toContain(TOKEN);
  });

  test('of its own page is not', async () => {
    const headers = { origin: `http://127.0.0.1:${port}`, 'sec-fetch-site': 'same-origin' };
    expect((await ask('/api/orders', { headers })).status).toBe(200);
  });

  test('to an API that does not answer is told as that', async () => {
    const gone = createServer();
    const closed = await listening(gone);
    await new Promise((resolve) => gone.close(resolve));
    const upstream = { api: `http://127.0.0.1:${closed}`, token: async () => TOKEN };
    const alone = createServer(forCallers(allowedIn({}), consoleListener(assets, upstream)));
    const url = `http://127.0.0.1:${await listening(alone)}/api/health`;
    const reply = await fetch(url);
    alone.close();
    alone.closeAllConnections();
    expect([reply.status, ((await reply.json()) as { title: string }).title]).toEqual([502, 'Bad Gateway']);
  });
});
