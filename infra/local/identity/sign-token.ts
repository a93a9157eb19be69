import { importJWK, SignJWT } from 'jose';
import { loadSigningKey } from './signing-key.ts';
import { refuseOutsideLocal } from './stage.ts';

export const roles = ['customer', 'operator'] as const;
export type Role = (typeof roles)[number];

export const tokenAudience = 'order-saga';
const defaultNames: Readonly<Record<Role, string>> = { customer: 'alice', operator: 'olga' };
const defaultLifetimeSeconds = 24 * 60 * 60;

export type TokenRequest = {
  readonly role: Role;
  /** Becomes the subject: the customer's id. */
  readonly name?: string | undefined;
  readonly issuer: string;
  readonly audience?: string;
  /** Negative for an expired token. */
  readonly lifetimeSeconds?: number;
};

/** Signs a JWT that the local authorizer accepts, with the key kept under the data folder. */
export async function signToken(dataDir: string, request: TokenRequest): Promise<string> {
  refuseOutsideLocal(process.env);
  const key = await loadSigningKey(dataDir);
  const nowEpochSeconds = Math.floor(Date.now() / 1000);
  return new SignJWT({ role: request.role })
    .setProtectedHeader({ alg: key.alg, kid: key.kid, typ: 'JWT' })
    .setIssuer(request.issuer)
    .setAudience(request.audience ?? tokenAudience)
    .setSubject(request.name ?? defaultNames[request.role])
    .setIssuedAt(nowEpochSeconds)
    .setExpirationTime(nowEpochSeconds + (request.lifetimeSeconds ?? defaultLifetimeSeconds))
    .sign(await importJWK(key, key.alg));
}
