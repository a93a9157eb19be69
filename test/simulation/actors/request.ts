import type { HttpEvent } from '../../../engine/http/http.ts';
import type { Role } from '../../../engine/http/role.ts';

export interface Reply {
  readonly statusCode: number;
  // biome-ignore lint/suspicious/noExplicitAny: each check says what it expects of it
  readonly body: any;
}

export interface Request {
  readonly method: 'GET' | 'POST' | 'PUT';
  readonly by: string;
  readonly role: Role;
  /** The route, for a function that has several of one method. */
  readonly resource?: string;
  readonly path?: Readonly<Record<string, string>>;
  readonly key?: string;
  readonly body?: unknown;
}

/** A request, and how it has to be answered. */
export interface Attempt {
  /** The function that is asked. */
  readonly name: string;
  readonly request: Request;
  readonly statusCode: number;
}

/** What API Gateway hands to a function behind the authorizer. */
export const requestOf = ({ method, by, role, resource, path, key, body }: Request): HttpEvent =>
  ({
    httpMethod: method,
    ...(resource === undefined ? {} : { resource }),
    headers: {
      ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
      ...(key === undefined ? {} : { 'Idempotency-Key': key }),
    },
    pathParameters: path ?? null,
    queryStringParameters: null,
    requestContext: { authorizer: { principalId: by, role } },
    body: body === undefined ? null : JSON.stringify(body),
    isBase64Encoded: false,
  }) as unknown as HttpEvent;

/** No reply: the environment crashed, and API Gateway answers 502. 5xx: what it came to is not known. */
export const isAnswer = (reply: Reply | undefined): reply is Reply =>
  reply !== undefined && reply.statusCode < 500;

export function replyOf(value: unknown): Reply {
  const { statusCode, body } = value as { readonly statusCode: number; readonly body: string };
  return {
    statusCode,
    // Few look at more than the status.
    get body() {
      return JSON.parse(body);
    },
  };
}
