import type { APIGatewayAuthorizerResult, APIGatewayTokenAuthorizerEvent } from 'aws-lambda';
import { errors, jwtVerify } from 'jose';
import * as z from 'zod';
import { atStart, required } from '../environment/environment.ts';
import { log, loggingInvocations } from '../environment/log.ts';
import { tellAlarm } from '../metrics/metrics.ts';
import { API, tokensNotChecked } from '../metrics/names.ts';
import { type CallerId, Subject } from '../saga/ids.ts';
import type { Saga } from '../saga/saga.ts';
import { IssuerKeys, isOutageOfIssuer } from './issuer-keys.ts';
import { OPERATOR, STAFF, staffRolesOf } from './role.ts';

/** The clocks of the issuer and of Lambda may differ by so much. */
const CLOCK_TOLERANCE_SECONDS = 60;
/** No token is good for longer after it was issued, whatever it says. */
const MAX_AGE = '7 days';

/** Only API Gateway caches answers. Without it, the same token would be verified again for each request. */
const VERIFIED_FOR_MS = 60_000;
const MAX_VERIFIED = 1_000;

/** A class of owners, as a setting may name it. */
const OwnerClass = z.string().regex(/^[a-z][a-z0-9-]{0,31}$/);

interface Claims {
  readonly sub: CallerId;
  readonly role: string;
  readonly scope?: string | undefined;
  readonly class?: string | undefined;
  readonly exp: number;
}

/**
 * Tells API Gateway who calls, from a token whose signature, issuer, audience and expiry are right: an owner of sagas or
 * staff. It throws "Unauthorized", which makes API Gateway answer 401.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-use-lambda-authorizer.html
 */
export function authorizing(saga: Pick<Saga, 'ownerRole' | 'roles'>) {
  const schema = z.object({
    sub: Subject,
    role: z.enum([saga.ownerRole, STAFF, ...staffRolesOf(saga)]),
    scope: z.string().optional(),
    // Whoever issues tokens may use the claim for something else: that is no class, and no reason to refuse the token.
    class: OwnerClass.optional().catch(undefined),
    exp: z.number(),
  });
  atStart(() => ['JWKS_URL', 'TOKEN_ISSUER', 'TOKEN_AUDIENCE'].map(required));
  const tokens = new Tokens(schema);
  const authorize = async (
    event: APIGatewayTokenAuthorizerEvent,
    _invocation?: object,
  ): Promise<APIGatewayAuthorizerResult> => {
    const [, token] = /^Bearer ([\w-]+\.[\w-]+\.[\w-]+)$/i.exec(event.authorizationToken) ?? [];
    if (token === undefined) throw new Error('Unauthorized');
    try {
      const claims = await tokens.claimsOf(token);
      return allow(claims, rolesOf(saga, claims), event.methodArn);
    } catch (error) {
      // Keys that cannot be fetched are our outage and not the caller's fault: infra/aws/api.yml makes it a 503.
      if (!isFlawOfToken(error)) {
        log('error', 'token not checked', { error: String(error) });
        // Lambda's own metric counts a refused token as an error, too.
        tellAlarm(API, tokensNotChecked, Date.now());
        throw error;
      }
      log('info', 'token refused', { reason: error.message });
      throw new Error('Unauthorized');
    }
  };
  return loggingInvocations(authorize);
}

/**
 * The claim `role` says whether somebody is an owner or of the staff; only staff get roles from the scopes besides, and never
 * an operator's. Applications ask for scopes, and some issuers grant whatever is asked for.
 * https://www.rfc-editor.org/rfc/rfc9068#section-2.2.3
 */
function rolesOf(
  { ownerRole, roles }: Pick<Saga, 'ownerRole' | 'roles'>,
  { role, scope = '' }: Claims,
): readonly string[] {
  if (role === ownerRole || role === OPERATOR) return [role];
  const scopes = scope.split(' ');
  const narrow = staffRolesOf({ roles }).filter((each) => each !== OPERATOR);
  const held = narrow.filter((each) => each === role || scopes.includes(each));
  // Whoever has none is told so by each function.
  return held.length === 0 ? [STAFF] : held;
}

const isFlawOfToken = (error: unknown): error is Error =>
  (error instanceof errors.JOSEError || error instanceof z.ZodError) && !isOutageOfIssuer(error);

/** The tokens that were verified a moment ago. */
class Tokens {
  readonly #schema: z.ZodType<Claims>;
  readonly #verified = new Map<string, { readonly claims: Claims; readonly untilMs: number }>();
  #keys: IssuerKeys | undefined;

  constructor(schema: z.ZodType<Claims>) {
    this.#schema = schema;
  }

  async claimsOf(token: string): Promise<Claims> {
    return this.#known(token) ?? (await this.#verify(token));
  }

  async #verify(token: string): Promise<Claims> {
    this.#keys ??= new IssuerKeys(new URL(required('JWKS_URL')));
    const { payload } = await jwtVerify(token, this.#keys.known(), {
      issuer: required('TOKEN_ISSUER'),
      audience: required('TOKEN_AUDIENCE'),
      algorithms: ['ES256', 'RS256'],
      requiredClaims: ['exp', 'sub'],
      clockTolerance: CLOCK_TOLERANCE_SECONDS,
      maxTokenAge: MAX_AGE,
    });
    const claims = this.#schema.parse(payload);
    const [oldest] = this.#verified.keys();
    if (this.#verified.size >= MAX_VERIFIED && oldest !== undefined) this.#verified.delete(oldest);
    const expiresMs = (claims.exp + CLOCK_TOLERANCE_SECONDS) * 1_000;
    const untilMs = Math.min(expiresMs, Date.now() + VERIFIED_FOR_MS);
    this.#verified.set(token, { claims, untilMs });
    return claims;
  }

  #known(token: string): Claims | undefined {
    const found = this.#verified.get(token);
    if (found === undefined || Date.now() < found.untilMs) return found?.claims;
    this.#verified.delete(token);
    return undefined;
  }
}

/** The answer is cached by token, so it has to cover every method: the functions check roles and owners. */
function allow(
  { sub, class: ownerClass }: Claims,
  roles: readonly string[],
  methodArn: string,
): APIGatewayAuthorizerResult {
  const [api, stage] = methodArn.split('/');
  return {
    principalId: sub,
    policyDocument: {
      Version: '2012-10-17',
      Statement: [{ Action: 'execute-api:Invoke', Effect: 'Allow', Resource: `${api}/${stage}/*` }],
    },
    // API Gateway passes on texts, numbers and booleans only.
    context: { role: roles.join(' '), ...(ownerClass === undefined ? {} : { class: ownerClass }) },
  };
}
