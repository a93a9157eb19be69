import type { APIGatewayAuthorizerResult, APIGatewayTokenAuthorizerEvent } from 'aws-lambda';
import { createRemoteJWKSet, errors, jwtVerify } from 'jose';
import * as z from 'zod';
import { required } from '../../engine/environment/environment.ts';
import { log } from '../../engine/environment/log.ts';
import { OPERATOR } from '../../engine/http/role.ts';
import { CustomerId } from '../ids.ts';
import { shop } from '../shop.ts';

/** The roles that a token may name. */
const roles = [shop.ownerRole, OPERATOR];

const Claims = z.object({ sub: CustomerId, role: z.enum(roles), exp: z.number() });
type Claims = z.infer<typeof Claims>;

/** Without a gateway that caches the answers, each request of a caller would verify the same token again. */
const VERIFIED_FOR_MS = 60_000;
const MAX_VERIFIED = 1_000;
const verified = new Map<string, { readonly claims: Claims; readonly untilMs: number }>();

/** The issuer's public keys, fetched at the first token and again when a token names a key not seen yet. */
let keys: ReturnType<typeof createRemoteJWKSet> | undefined;

/**
 * Tells API Gateway who calls, if the token's signature, issuer, audience and expiry are right. API Gateway turns the
 * error 'Unauthorized' into a 401.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-use-lambda-authorizer.html
 */
export async function handler(event: APIGatewayTokenAuthorizerEvent): Promise<APIGatewayAuthorizerResult> {
  const [, token] = /^Bearer ([\w-]+\.[\w-]+\.[\w-]+)$/i.exec(event.authorizationToken) ?? [];
  if (token === undefined) throw new Error('Unauthorized');
  try {
    const { sub, role } = known(token) ?? (await verify(token));
    return allow(sub, role, event.methodArn);
  } catch (error) {
    // If the keys cannot be fetched, the fault is ours and not the caller's: API Gateway answers 500.
    if (
      error instanceof errors.JWKSTimeout ||
      !(error instanceof errors.JOSEError || error instanceof z.ZodError)
    ) {
      throw error;
    }
    log('info', 'token refused', { reason: error.message });
    throw new Error('Unauthorized');
  }
}

async function verify(token: string): Promise<Claims> {
  keys ??= createRemoteJWKSet(new URL(required('JWKS_URL')));
  const { payload } = await jwtVerify(token, keys, {
    issuer: required('TOKEN_ISSUER'),
    audience: required('TOKEN_AUDIENCE'),
    algorithms: ['ES256', 'RS256'],
    requiredClaims: ['exp', 'sub'],
  });
  const claims = Claims.parse(payload);
  const [oldest] = verified.keys();
  if (verified.size >= MAX_VERIFIED && oldest !== undefined) verified.delete(oldest);
  verified.set(token, { claims, untilMs: Math.min(claims.exp * 1_000, Date.now() + VERIFIED_FOR_MS) });
  return claims;
}

function known(token: string): Claims | undefined {
  const found = verified.get(token);
  if (found === undefined || Date.now() < found.untilMs) return found?.claims;
  verified.delete(token);
  return undefined;
}

/** API Gateway caches the answer by token, so it must cover every method. The functions check roles and owners. */
function allow(sub: CustomerId, role: string, methodArn: string): APIGatewayAuthorizerResult {
  const [api, stage] = methodArn.split('/');
  return {
    principalId: sub,
    policyDocument: {
      Version: '2012-10-17',
      Statement: [{ Action: 'execute-api:Invoke', Effect: 'Allow', Resource: `${api}/${stage}/*` }],
    },
    context: { role },
  };
}
