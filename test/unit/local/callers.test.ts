import { readdirSync, readFileSync } from 'node:fs';
import { request as ask, createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { allowedIn, forCallers, refusalOf } from '../../../infra/local/callers.ts';
import { projectDir } from '../../../infra/local/project.ts';

/** Goal: a page in the developer’s browser changes nothing on a local port, whatever name it has. */
const refusal = (headers: Readonly<Record<string, string>>, url = '/', environment = {}) =>
  refusalOf({ headers, rawHeaders: Object.entries(headers).flat(), url }, allowedIn(environment));

describe('a local port', () => {
  test.each(['127.0.0.1', '127.0.0.1:3000', 'localhost:3000', 'LOCALHOST', '[::1]:3000'])(
    'answers to %s',
    (host) => {
      expect(refusal({ host })).toBeUndefined();
      expect(refusal({ host, origin: `http://${host}` })).toBeUndefined();
    },
  );

  test.each([
    'evil.example',
    'evil.example:3000',
    '127.0.0.1.evil.example',
    'localhost.evil.example:3000',
    '127.0.0.1:3000.evil.example',
    'evil.example#127.0.0.1',
    '192.168.1.5:3000',
    '0.0.0.0:3000',
    '',
    ':3000',
  ])('does not answer to %j', (host) => {
    expect(refusal({ host })).toMatch(/ALLOWED_HOSTS/);
  });

  test('does not answer where there is no host, where there are two, or where the target names another', () => {
    expect(refusal({})).toMatch(/ALLOWED_HOSTS/);
    const two = {
      headers: { host: 'localhost' },
      rawHeaders: ['Host', 'localhost', 'host', 'evil.example'],
      url: '/',
    };
    expect(refusalOf(two, allowedIn({}))).toMatch(/ALLOWED_HOSTS/);
    expect(refusal({ host: 'localhost' }, 'http://evil.example/orders')).toMatch(/ALLOWED_HOSTS/);
    expect(refusal({ host: 'localhost' }, 'http://localhost/orders')).toBeUndefined();
  });

  test.each([
    'http://evil.example',
    'null',
    'http://localhost:3001',
    'http://127.0.0.1:3000',
    'https://localhost:3000',
    'http://localhost:3000.evil.example',
    'file://',
    'chrome-extension://abc',
  ])('refuses a page of %s', (origin) => {
    expect(refusal({ host: 'localhost:3000', origin })).toMatch(/ALLOWED_ORIGINS/);
  });

  test('lets in what the settings name, and no more', () => {
    const settings = { ALLOWED_HOSTS: 'payments, issuer', ALLOWED_ORIGINS: 'http://localhost:5173' };
    expect(refusal({ host: 'payments:3010' }, '/', settings)).toBeUndefined();
    expect(
      refusal({ host: 'localhost:3000', origin: 'http://localhost:5173' }, '/', settings),
    ).toBeUndefined();
    expect(refusal({ host: 'other:3010' }, '/', settings)).toBeDefined();
    expect(refusal({ host: 'payments', origin: 'http://localhost:5174' }, '/', settings)).toBeDefined();
  });
});

describe('a server of ours', () => {
  let server: Server;
  let heard = 0;
  beforeAll(async () => {
    server = createServer(
      forCallers(allowedIn({}), (_, response) => {
        heard += 1;
        response.end('done');
      }),
    );
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
  afterAll(() => void server.close());

  const post = (headers: Readonly<Record<string, string>>) =>
    new Promise<{ status: number | undefined; headers: object; body: string }>((resolve, reject) => {
      const { port } = server.address() as AddressInfo;
      const sent = ask({ port, host: '127.0.0.1', method: 'POST', headers }, (response) => {
        const { statusCode: status, headers } = response;
        text(response).then((body) => resolve({ status, headers, body }), reject);
      });
      sent.once('error', reject).end('{}');
    });

  test('does nothing for a page, tells it nothing, and does what its own machine asks', async () => {
    const { status, headers, body } = await post({
      origin: 'http://evil.example',
      'content-type': 'text/plain',
    });
    expect([status, heard]).toEqual([403, 0]);
    expect(headers).toMatchObject({
      'content-type': 'application/problem+json',
      'cache-control': 'no-store',
    });
    expect(headers).not.toHaveProperty('access-control-allow-origin');
    expect(JSON.parse(body)).toMatchObject({ status: 403, title: 'Forbidden' });
    expect(await post({})).toMatchObject({ status: 200, body: 'done' });
  });
});

test('every web server of the local system asks who calls', () => {
  const files = readdirSync(join(projectDir, 'infra/local'), { recursive: true, encoding: 'utf8' });
  const servers = files.filter((file) => {
    if (!file.endsWith('.ts')) return false;
    const text = readFileSync(join(projectDir, 'infra/local', file), 'utf8');
    return /createServer[^;]*from 'node:http'/.test(text) && !text.includes('forCallers(');
  });
  // It is a measurement, answers everybody the same, and lives for seconds.
  expect(servers).toEqual(['rabbitmq-event-source/benchmark.ts']);
});
