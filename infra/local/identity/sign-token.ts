import { importJWK, SignJWT } from 'jose';
import { OPERATOR, type Role, staffRolesOf } from '../../../engine/http/role.ts';
import { application } from '../../application.ts';
import { loadSigningKey } from './signing-key.ts';
import { refuseOutsideLocal } from './stage.ts';

export const roles: readonly Role[] = [application.ownerRole, ...staffRolesOf(application)];

export const tokenAudience = 'order-saga';
const names: Readonly<Record<Role, string>> = { [application.ownerRole]: 'alice', [OPERATOR]: 'olga' };
const defaultNameOf = (role: Role): string => names[role] ?? role;
const defaultLifetimeSeconds = 24 * 60 * 60;

export type TokenRequest = {
  readonly role: Role;
  /** Further roles, as an issuer grants them to staff. */
  readonly scope?: string;
  /** Becomes the subject: the owner's id. */
  readonly name?: string | undefined;
  /** The owner's class, if it has one: its limits may differ. */
  readonly class?: string | undefined;
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
  return new SignJWT({ role: request.role, scope: request.scope, class: request.class })
    .setProtectedHeader({ alg: key.alg, kid: key.kid, typ: 'JWT' })
    .setIssuer(request.issuer)
    .setAudience(request.audience ?? tokenAudience)
    .setSubject(request.name ?? defaultNameOf(request.role))
    .setIssuedAt(nowEpochSeconds)
    .setExpirationTime(nowEpochSeconds + (request.lifetimeSeconds ?? defaultLifetimeSeconds))
    .sign(await importJWK(key, key.alg));
}
