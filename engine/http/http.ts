import type { MiddlewareObj } from '@middy/core';
import type { APIGatewayProxyEvent, APIGatewayProxyResult, Context } from 'aws-lambda';
import { TRACEPARENT } from '../saga/envelope.ts';

export type HttpEvent = APIGatewayProxyEvent;
export type HttpReply = APIGatewayProxyResult;

/** A function behind API Gateway. */
export type HttpFunction = (event: HttpEvent, context: Context) => Promise<HttpReply>;

/**
 * One concern of the HTTP edge. Before the handler it throws a Problem, or leaves what it found in the context, where
 * the handler takes it from: an event belongs to whoever sent it, a context to one invocation.
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
  // No other letters than its own, in upper or lower case, are a name's: they have its length.
  const found = Object.keys(headers).find((key) => key.length === name.length && key.toLowerCase() === name);
  const value = found === undefined ? undefined : headers[found];
  // Gateways other than AWS's make a list of a header that was sent twice.
  return typeof value === 'string' ? value : undefined;
}

/** The caller's trace context, if it sent a valid one. */
export function traceparentOf(event: HttpEvent): string | undefined {
  const header = headerOf(event, 'traceparent');
  return header !== undefined && TRACEPARENT.test(header) ? header : undefined;
}
