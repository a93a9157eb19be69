import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { handler } from '../../functions/identity/authorizer.ts';
import { signToken } from '../../infra/local/identity/sign-token.ts';
import { loadSigningKey, publicKeySet } from '../../infra/local/identity/signing-key.ts';

const issuer = 'http://issuer.test';
const dataDir = mkdtempSync(join(tmpdir(), 'order-saga-authorizer-'));
let server: Server;

beforeAll(async () => {
  const keySet = publicKeySet(await loadSigningKey(dataDir));
  server = createServer((_, response) => {
    response.setHeader('content-type', 'application/json').end(JSON.stringify(keySet));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  vi.stubEnv('JWKS_URL', `http://127.0.0.1:${(server.address() as AddressInfo).port}/jwks`);
  vi.stubEnv('TOKEN_ISSUER', issuer);
  vi.stubEnv('TOKEN_AUDIENCE', 'order-saga');
});
afterEach(() => void vi.useRealTimers());
afterAll(() => {
  server.close();
  vi.unstubAllEnvs();
  rmSync(dataDir, { recursive: true, force: true });
});

const ask = (token: string) =>
  handler({
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

test('a token that was verified is refused from the second on at which it expires', async () => {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() });
  const token = await signToken(dataDir, { role: 'customer', name: 'alice', issuer, lifetimeSeconds: 30 });
  await ask(token);
  vi.setSystemTime(Date.now() + 29_000);
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
  const again = await Promise.all(tokens.map(ask));
  expect(again.map(({ principalId }) => principalId)).toEqual(tokens.map((_, index) => `customer-${index}`));
});
