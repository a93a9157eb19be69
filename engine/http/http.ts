import middy from '@middy/core';
import type { APIGatewayProxyEvent, APIGatewayProxyResult } from 'aws-lambda';
import * as z from 'zod';
import { TRACEPARENT } from '../saga/envelope.ts';
import { CallerId } from '../saga/ids.ts';
import { flawsOf } from './flaws.ts';
import { Problem, problemDetails } from './problem.ts';
import { OPERATOR, type Role } from './role.ts';

export type HttpEvent = APIGatewayProxyEvent;
export type HttpReply = APIGatewayProxyResult;

/** Nothing that a saga begins with comes near it. */
const MAX_BODY_BYTES = 64 * 1024;

/** Who calls, as the authorizer found in a token it verified. */
export interface Caller {
  readonly id: CallerId;
  readonly role: Role;
}

/** A function behind API Gateway: whatever it throws becomes problem details. */
export const http = (handle: (event: HttpEvent) => Promise<HttpReply>) =>
  middy<HttpEvent, HttpReply>().use(problemDetails()).handler(handle);

export const json = (
  statusCode: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): HttpReply => ({
  statusCode,
  headers: { 'content-type': 'application/json', 'cache-control': 'no-store', ...headers },
  body: JSON.stringify(body),
});

const Authorized = z.object({ principalId: CallerId, role: z.string().min(1) });

/** @throws Problem 403 if the token that was verified has no role we know. */
export function callerOf(event: HttpEvent): Caller {
  const parsed = Authorized.safeParse(event.requestContext.authorizer);
  if (!parsed.success) throw new Problem('forbidden', 'The token names no subject or no role.');
  return { id: parsed.data.principalId, role: parsed.data.role };
}

/** @throws Problem 403 */
export function requireRole(event: HttpEvent, role: Role): Caller {
  const caller = callerOf(event);
  if (caller.role !== role) throw new Problem('forbidden', `This needs the role ${role}.`);
  return caller;
}

export const mayRead = (caller: Caller, owner: CallerId | undefined): boolean =>
  caller.role === OPERATOR || caller.id === owner;

/** @throws Problem 404: what is malformed is the name of nothing */
export function pathOf<Schema extends z.ZodType>(
  event: HttpEvent,
  name: string,
  schema: Schema,
): z.infer<Schema> {
  const parsed = schema.safeParse(event.pathParameters?.[name]);
  if (!parsed.success) throw new Problem('not-found', `There is nothing with this ${name}.`);
  return parsed.data;
}

export function headerOf(event: HttpEvent, name: string): string | undefined {
  const headers: Readonly<Record<string, unknown>> = event.headers ?? {};
  const found = Object.keys(headers).find((key) => key.toLowerCase() === name);
  const value = found === undefined ? undefined : headers[found];
  // Gateways other than AWS's make a list of a header that was sent twice.
  return typeof value === 'string' ? value : undefined;
}

/** @throws Problem 413, 415, 400 (not JSON) or 422 (JSON that fails the schema, with a pointer for each flaw) */
export function bodyOf<Schema extends z.ZodType>(event: HttpEvent, schema: Schema): z.infer<Schema> {
  const contentType = headerOf(event, 'content-type') ?? '';
  if (!/^application\/json\s*(;|$)/i.test(contentType)) {
    throw new Problem('unsupported-media-type', 'Send the header Content-Type: application/json.');
  }
  const bytes = Buffer.from(event.body ?? '', event.isBase64Encoded ? 'base64' : 'utf8');
  if (bytes.length > MAX_BODY_BYTES) {
    throw new Problem('too-large', `The body may have ${MAX_BODY_BYTES} bytes, and has ${bytes.length}.`);
  }
  return validated(parseJson(bytes), schema);
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

function parseJson(bytes: Buffer): unknown {
  if (bytes.length === 0) throw new Problem('bad-request', 'The body is empty; it has to be JSON.');
  try {
    return JSON.parse(utf8.decode(bytes));
  } catch {
    throw new Problem('bad-request', 'The body is not JSON in UTF-8.');
  }
}

function validated<Schema extends z.ZodType>(value: unknown, schema: Schema): z.infer<Schema> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new Problem('invalid-content', 'See errors for what is wrong, and where.', flawsOf(parsed.error));
}

/** The caller's trace context, if it sent a valid one. */
export function traceparentOf(event: HttpEvent): string | undefined {
  const header = headerOf(event, 'traceparent');
  return header !== undefined && TRACEPARENT.test(header) ? header : undefined;
}
