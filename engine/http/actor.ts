import { randomUUID } from 'node:crypto';
import type { Actor } from '../audit/entry.ts';
import type { HttpEvent } from './http.ts';
import type { Caller } from './identity.ts';

/** The caller as the audit names them. `by`: a pseudonym, if the caller is no member of staff. */
export const actorOf = (caller: Caller, event: HttpEvent, by: string = caller.id): Actor => ({
  by,
  role: caller.role,
  requestId: requestIdOf(event),
});

/**
 * API Gateway's id of the request, which its access log has too. A header of the caller's cannot set it; a function that is
 * invoked by hand may have none.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-mapping-template-reference.html
 */
function requestIdOf({ requestContext }: HttpEvent): string {
  const { requestId } = requestContext as { readonly requestId?: unknown };
  return typeof requestId === 'string' && /^[\w-]{1,128}$/.test(requestId) ? requestId : randomUUID();
}
