import middy from '@middy/core';
import type { Context } from 'aws-lambda';
import type { Saga } from '../saga/saga.ts';
import type { Told } from './check.ts';
import type { HttpEvent, HttpFunction, HttpReply, Middleware } from './http.ts';
import { loggedEndpoint } from './logged-endpoint.ts';
import { problemDetails } from './problem.ts';
import { replyHeaders } from './reply-headers.ts';
import { tracedEndpoint } from './traced-endpoint.ts';

/** The findings of all checks. */
type All<Found extends readonly object[]> = Found extends readonly [
  infer First,
  ...infer Rest extends object[],
]
  ? First & All<Rest>
  : object;

/** `tells`: what its checks, and it, say of themselves. */
export type Endpoint = HttpFunction & { readonly tells: readonly Told[] };

/** A function that answers one of these records. */
export const showing = (shows: NonNullable<Told['shows']>, answering: Endpoint): Endpoint =>
  Object.assign(answering, { tells: [...answering.tells, { shows }] });

/**
 * A function behind API Gateway. Its checks run in order; the caller hears of the first that fails. The handler gets
 * what they found.
 */
export function endpoint<Found extends readonly object[]>(
  saga: Saga,
  checks: readonly [...{ readonly [Each in keyof Found]: Middleware<Found[Each]> }],
  handle: (found: Context & All<Found>, event: HttpEvent) => Promise<HttpReply>,
): Endpoint {
  const handler = middy<HttpEvent, HttpReply>();
  handler.use([replyHeaders(), problemDetails(saga), ...checks]);
  // By now all checks have run.
  handler.handler((event, context) => handle(context as Context & All<Found>, event));
  const tells = checks.flatMap((check: object) => ('tells' in check ? [check.tells as Told] : []));
  return Object.assign(tracedEndpoint(saga, loggedEndpoint(saga, handler)), { tells });
}
