import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLocalJWKSet, jwtVerify } from 'jose';
import { afterAll, expect, test } from 'vitest';
import { signToken } from '../../../infra/local/identity/sign-token.ts';
import { loadSigningKey, publicKeySet } from '../../../infra/local/identity/signing-key.ts';

const issuer = 'http://127.0.0.1:3011';
const dataDir = mkdtempSync(join(tmpdir(), 'order-saga-identity-'));

afterAll(() => rmSync(dataDir, { recursive: true, force: true }));

test('many first uses at once agree on one key', async () => {
  const keys = await Promise.all(Array.from({ length: 8 }, () => loadSigningKey(dataDir)));
  expect(new Set(keys.map(({ kid }) => kid)).size).toBe(1);
});

test('the published keys verify a token, and hold nothing that could sign one', async () => {
  const keySet = publicKeySet(await loadSigningKey(dataDir));
  const token = await signToken(dataDir, { role: 'operator', name: 'otto', issuer });
  const { payload } = await jwtVerify(token, createLocalJWKSet({ keys: [...keySet.keys] }), {
    issuer,
    audience: 'order-saga',
  });
  expect(payload).toMatchObject({ sub: 'otto', role: 'operator' });
  expect(keySet.keys.every((key) => !('d' in key))).toBe(true);
});

test('a token can be made to have expired', async () => {
  const keySet = publicKeySet(await loadSigningKey(dataDir));
  const token = await signToken(dataDir, { role: 'customer', issuer, lifetimeSeconds: -60 });
  await expect(jwtVerify(token, createLocalJWKSet({ keys: [...keySet.keys] }))).rejects.toThrow('"exp"');
});
