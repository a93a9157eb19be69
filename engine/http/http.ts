import type { MiddlewareObj } from '@middy/core';
import type { APIGatewayProxyEvent, APIGatewayProxyResult, Context } from 'aws-lambda';
import { TRACEPARENT } from '../saga/envelope.ts';

export type HttpEvent = APIGatewayProxyEvent;
export type HttpReply = APIGatewayProxyResult;

/** A function behind API Gateway. */
export type HttpFunction = (event: HttpEvent, context: Context) => Promise<HttpReply>;

/**
 * One concern of the HTTP edge. Its `before` throws a Problem or puts its findings into the context, and not into the
 * event, which the caller controls.
 * https://middy.js.org/docs/writing-middlewares/intro
 */
export type Middleware<Found extends object = object> = MiddlewareObj<
  HttpEvent,
  HttpReply,
  Error,
  Context & Found
>;

export const json = (
  statusCode: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): HttpReply => ({
  statusCode,
  headers: { 'content-type': 'application/json', ...headers },
  body: JSON.stringify(body),
});

export function headerOf(event: HttpEvent, name: string): string | undefined {
  const headers: Readonly<Record<string, unknown>> = event.headers ?? {};
  // A match always has the same length, so the length check spares lower-casing every header.
  const found = Object.keys(headers).find((key) => key.length === name.length && key.toLowerCase() === name);
  const value = found === undefined ? undefined : headers[found];
  // Some gateways, though not AWS's, give a list for a header that was sent twice.
  return typeof value === 'string' ? value : undefined;
}

/** All values of a header that was sent more than once. */
export function headersOf(event: HttpEvent, name: string): readonly string[] {
  const named = Object.entries(event.multiValueHeaders ?? {}).filter(([key]) => key.toLowerCase() === name);
  // What no gateway sends, though an invocation by hand may, is no value.
  const all = named.flatMap(([, values]: [string, unknown]) => values).filter(isText);
  if (named.length > 0) return all;
  const one = headerOf(event, name);
  return one === undefined ? [] : [one];
}

const isText = (value: unknown): value is string => typeof value === 'string';

const continued = new WeakMap<HttpEvent, string>();

/** What the request leads to is caused by this trace context from now on. */
export function continueIn(event: HttpEvent, traceparent: string | undefined): void {
  if (traceparent !== undefined) continued.set(event, traceparent);
}

/** The trace context of a request: its span's, or without one the caller's, if it sent a valid one. */
export function traceparentOf(event: HttpEvent): string | undefined {
  const own = continued.get(event);
  if (own !== undefined) return own;
  const header = headerOf(event, 'traceparent');
  return header !== undefined && TRACEPARENT.test(header) ? header : undefined;
}
