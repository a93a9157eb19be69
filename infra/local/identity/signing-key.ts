import { linkSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { calculateJwkThumbprint, exportJWK, generateKeyPair, type JWK } from 'jose';
import * as z from 'zod';
import { PRIVATE_FILE, privateFolder } from '../private-files.ts';
import { isNodeError } from '../processes/identity-file.ts';

const privateJwkSchema = z.object({
  kty: z.literal('EC'),
  crv: z.literal('P-256'),
  x: z.string(),
  y: z.string(),
  d: z.string(),
  kid: z.string(),
  alg: z.literal('ES256'),
});

export type SigningKey = z.infer<typeof privateJwkSchema>;

/** The development issuer's key, created on first use. */
export async function loadSigningKey(dataDir: string): Promise<SigningKey> {
  const path = join(dataDir, 'identity', 'signing-key.json');
  return readKey(path) ?? (await createKey(path));
}

/** The key without its private part: https://www.rfc-editor.org/rfc/rfc7517#section-5 */
export function publicKeySet(key: SigningKey): { readonly keys: readonly JWK[] } {
  const { d: _secret, ...publicKey } = key;
  return { keys: [{ ...publicKey, use: 'sig' }] };
}

function readKey(path: string): SigningKey | undefined {
  try {
    return privateJwkSchema.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch (error) {
    if (isNodeError(error, 'ENOENT')) return undefined;
    throw error;
  }
}

/** Several processes may create the first key at once; link() succeeds for exactly one of them. */
async function createKey(path: string): Promise<SigningKey> {
  const { privateKey } = await generateKeyPair('ES256', { extractable: true });
  const jwk = await exportJWK(privateKey);
  const key = privateJwkSchema.parse({ ...jwk, kid: await calculateJwkThumbprint(jwk), alg: 'ES256' });
  privateFolder(join(path, '..'));
  const draft = `${path}.${process.pid}`;
  writeFileSync(draft, JSON.stringify(key), { mode: PRIVATE_FILE });
  try {
    linkSync(draft, path);
    return key;
  } catch (error) {
    const other = isNodeError(error, 'EEXIST') ? readKey(path) : undefined;
    if (other === undefined) throw error;
    return other;
  } finally {
    rmSync(draft, { force: true });
  }
}
