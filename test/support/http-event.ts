import type { Context } from 'aws-lambda';
import type { HttpEvent, Middleware } from '../../engine/http/http.ts';

interface Request {
  readonly headers?: Readonly<Record<string, string>>;
  readonly path?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
  /** The authorizer's context. */
  readonly authorizer?: unknown;
}

/** API Gateway's event, with the members that our functions read. A Buffer becomes base64, as binary media do. */
export const httpEvent = ({ headers = {}, path, query, body, authorizer }: Request): HttpEvent =>
  ({
    headers,
    pathParameters: path ?? null,
    queryStringParameters: query ?? null,
    body: body === undefined ? null : typeof body === 'string' ? body : body.toString('base64'),
    isBase64Encoded: typeof body === 'object',
    requestContext: { authorizer },
  }) as unknown as HttpEvent;

/** The findings of a middleware in an event. @throws Problem as the middleware does */
export function foundBy<Found extends object>({ before }: Middleware<Found>, event: HttpEvent): Found {
  const context = {} as Context & Found;
  before?.({ event, context, response: undefined, error: undefined, internal: {} });
  return context;
}

/** The type of the problem that a call throws, such as `bad-request`. */
export function problemOf(call: () => unknown): string {
  try {
    call();
  } catch (error) {
    if (error instanceof Error && 'type' in error) return String(error.type);
    throw error;
  }
  return 'no problem';
}
