import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { authorizing } from '../../engine/http/authorizer.ts';
import { handler } from '../../functions/identity/authorizer.ts';
import { signToken } from '../../infra/local/identity/sign-token.ts';
import { loadSigningKey, publicKeySet } from '../../infra/local/identity/signing-key.ts';

const issuer = 'http://issuer.test';
const dataDir = mkdtempSync(join(tmpdir(), 'order-saga-authorizer-'));
let server: Server;
let asked = 0;
/** What an issuer, or what stands before it, answers when it is down. */
const outages = {
  unavailable: [503, {}],
  moved: [302, { location: 'http://127.0.0.1:1/login' }],
  html: [200, { 'content-type': 'text/html' }],
} as const;
let issuerIs: 'up' | keyof typeof outages = 'up';

beforeAll(async () => {
  const keySet = publicKeySet(await loadSigningKey(dataDir));
  server = createServer((_, response) => {
    asked += 1;
    if (issuerIs !== 'up')
      response.writeHead(outages[issuerIs][0], outages[issuerIs][1]).end('<html>Sorry</html>');
    else response.setHeader('content-type', 'application/json').end(JSON.stringify(keySet));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  vi.stubEnv('JWKS_URL', `http://127.0.0.1:${(server.address() as AddressInfo).port}/jwks`);
  vi.stubEnv('TOKEN_ISSUER', issuer);
  vi.stubEnv('TOKEN_AUDIENCE', 'order-saga');
});
afterEach(() => {
  issuerIs = 'up';
  vi.useRealTimers();
});
afterAll(() => {
  server.close();
  vi.unstubAllEnvs();
  rmSync(dataDir, { recursive: true, force: true });
});

const ask = (token: string, authorizer = handler) =>
  authorizer({
    type: 'TOKEN',
    authorizationToken: `Bearer ${token}`,
    methodArn: 'arn:aws:execute-api:eu-central-1:1:api/prod/GET/orders',
  });

test('a token says who calls, once for itself and again from memory', async () => {
  const token = await signToken(dataDir, { role: 'customer', name: 'alice', issuer });
  const first = await ask(token);
  expect(first).toMatchObject({ principalId: 'alice', context: { role: 'customer' } });
  expect(await ask(token)).toEqual(first);
});

// Fails where a claim that somebody else's tokens use for something else keeps their owners out.
test.each([
  ['trusted', { role: 'customer', class: 'trusted' }],
  [undefined, { role: 'customer' }],
  ['Not a class', { role: 'customer' }],
  ['x'.repeat(33), { role: 'customer' }],
])('the class %s comes along, if it is one', async (ownerClass, context) => {
  const token = await signToken(dataDir, { role: 'customer', name: 'alice', issuer, class: ownerClass });
  expect((await ask(token)).context).toEqual(context);
});

test('a token that was verified is refused a minute after it has expired: clocks differ', async () => {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() });
  const token = await signToken(dataDir, { role: 'customer', name: 'alice', issuer, lifetimeSeconds: 30 });
  await ask(token);
  vi.setSystemTime(Date.now() + 89_000);
  await ask(token);
  vi.setSystemTime(Date.now() + 1_000);
  await expect(ask(token)).rejects.toThrow('Unauthorized');
});

test('a token that differs from a verified one in its signature alone is refused', async () => {
  const token = await signToken(dataDir, { role: 'customer', name: 'alice', issuer });
  await ask(token);
  const [head = '', body = '', signature = ''] = token.split('.');
  const forged = [
    head,
    body,
    signature.startsWith('A') ? `B${signature.slice(1)}` : `A${signature.slice(1)}`,
  ];
  await expect(ask(forged.join('.'))).rejects.toThrow('Unauthorized');
});

test('no more than a bounded number of tokens is remembered, and all of them work', async () => {
  const tokens = await Promise.all(
    Array.from({ length: 1_100 }, (_, index) =>
      signToken(dataDir, { role: 'customer', name: `customer-${index}`, issuer }),
    ),
  );
  for (const token of tokens) await ask(token);
  const again = await Promise.all(tokens.map((token) => ask(token)));
  expect(again.map(({ principalId }) => principalId)).toEqual(tokens.map((_, index) => `customer-${index}`));
});

describe('the subject of a token', () => {
  const unsafe = [
    '',
    ' ',
    'a b',
    'a"b',
    "O'Brien",
    'a\\b',
    'a\u0000b',
    'a\nb',
    'a\tb',
    'a\u007fb',
    'Zoë',
    '\u202eecila',
  ];
  const tooLong = 'x'.repeat(256);

  test.each([...unsafe, tooLong, '\ud800', 'ａlice'])('%j is refused', async (name) => {
    const token = await signToken(dataDir, { role: 'customer', name, issuer });
    await expect(ask(token)).rejects.toThrow('Unauthorized');
  });

  test.each([
    'a',
    'auth0|5f7c8ec7c33c6c004bbafe82',
    'google-oauth2|1',
    'a@b.example',
    '{id}',
    tooLong.slice(1),
  ])('%s is accepted', async (name) => {
    const token = await signToken(dataDir, { role: 'customer', name, issuer });
    expect(await ask(token)).toMatchObject({ principalId: name });
  });
});

describe('an issuer that is down', () => {
  const fresh = () => authorizing({ ownerRole: 'customer', roles: [] });

  // Fails where its answer is taken for a flaw of the token: clients throw away good tokens, and log out.
  test.each(['unavailable', 'moved', 'html'] as const)(
    '%s is no reason to refuse a token',
    async (outage) => {
      const token = await signToken(dataDir, { role: 'customer', name: 'alice', issuer });
      issuerIs = outage;
      const refusal = await ask(token, fresh()).catch((error: unknown) => error);
      expect(refusal).toBeInstanceOf(Error);
      expect(refusal).not.toMatchObject({ message: 'Unauthorized' });
    },
  );

  test('does not keep its last keys from being used, and is asked again every ten minutes', async () => {
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() });
    const authorizer = fresh();
    const tokenOf = (name: string) =>
      signToken(dataDir, { role: 'customer', name, issuer, lifetimeSeconds: 7_200 });
    await ask(await tokenOf('alice'), authorizer);
    const before = asked;
    issuerIs = 'unavailable';
    for (const minutes of [1, 11, 1, 11]) {
      vi.setSystemTime(Date.now() + minutes * 60_000);
      expect(await ask(await tokenOf(`after-${minutes}-${asked}`), authorizer)).toHaveProperty('principalId');
    }
    await vi.waitFor(() => expect(asked - before).toBe(2));
  });
});

describe('the time of a token', () => {
  const at = async (token: string, shiftMs: number) => {
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + shiftMs });
    return await ask(token, authorizing({ ownerRole: 'customer', roles: [] })).then(
      () => 'allowed',
      ({ message }: Error) => message,
    );
  };

  test.each([
    ['issued in two seconds', -2_000, 'allowed'],
    ['issued in two minutes', -120_000, 'Unauthorized'],
    ['expired two seconds ago', 32_000, 'allowed'],
    ['expired two minutes ago', 150_000, 'Unauthorized'],
  ])('%s', async (_, shiftMs, answer) => {
    const token = await signToken(dataDir, { role: 'customer', name: 'alice', issuer, lifetimeSeconds: 30 });
    expect(await at(token, shiftMs)).toBe(answer);
  });

  test('says that it is good for a year: after a week it is not', async () => {
    const year = { lifetimeSeconds: 365 * 24 * 3_600 };
    const token = await signToken(dataDir, { role: 'customer', name: 'alice', issuer, ...year });
    expect(await at(token, 6 * 24 * 3_600_000)).toBe('allowed');
    expect(await at(token, 8 * 24 * 3_600_000)).toBe('Unauthorized');
  });
});
