import { PublishError } from '../batch/publish-error.ts';
import { StoreUnavailableError } from '../batch/store.ts';
import { log } from '../environment/log.ts';
import type { Saga } from '../saga/saga.ts';
import type { Flaw } from './flaws.ts';
import type { HttpReply, Middleware } from './http.ts';

const problems = {
  'bad-request': [400, 'The request is malformed'],
  'idempotency-key-missing': [400, 'An Idempotency-Key header is needed'],
  'idempotency-key-malformed': [400, 'The Idempotency-Key header is malformed'],
  forbidden: [403, 'This role may not do that'],
  'not-found': [404, 'Not found'],
  conflict: [409, ({ initiator }) => `The ${initiator} has moved on`],
  'too-large': [413, 'The body is too large'],
  'unsupported-media-type': [415, 'The body has to be JSON'],
  'invalid-content': [422, 'The content is not valid'],
  'idempotency-key-reused': [422, 'The Idempotency-Key came with another body before'],
  'too-many-open': [429, ({ initiator }) => `Too many of your ${initiator}s are open`],
  paused: [429, ({ initiator }) => `Too many of your ${initiator}s have failed`],
  internal: [500, 'Something went wrong on our side'],
  unavailable: [503, 'Try again in a moment'],
  busy: [503, 'Too much is waiting already'],
} as const satisfies Record<string, readonly [status: number, title: string | ((saga: Saga) => string)]>;

export type ProblemType = keyof typeof problems;

/** What all problems of a type have in common. */
export function headOf(saga: Saga, type: ProblemType) {
  const [status, title] = problems[type];
  return {
    type: `urn:${saga.name}:problem:${type}`,
    title: typeof title === 'string' ? title : title(saga),
    status,
  };
}

const usualRetryAfter: Partial<Record<ProblemType, number>> = { unavailable: 2, busy: 30 };

/** An error reply that says what to do differently: RFC 9457, https://www.rfc-editor.org/rfc/rfc9457 */
export class Problem extends Error {
  override readonly name = 'Problem';
  readonly type: ProblemType;
  readonly flaws: readonly Flaw[];
  /** When it is worth trying again, in seconds. https://www.rfc-editor.org/rfc/rfc9110#field.retry-after */
  readonly retryAfterSeconds: number | undefined;

  constructor(
    type: ProblemType,
    detail: string,
    flaws: readonly Flaw[] = [],
    retryAfterSeconds = usualRetryAfter[type],
  ) {
    super(detail);
    this.type = type;
    this.flaws = flaws;
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

function problemReply(saga: Saga, { type, message, flaws, retryAfterSeconds: seconds }: Problem): HttpReply {
  const head = headOf(saga, type);
  return {
    statusCode: head.status,
    headers: {
      'content-type': 'application/problem+json',
      ...(seconds === undefined ? {} : { 'retry-after': String(seconds) }),
    },
    body: JSON.stringify({
      ...head,
      detail: message,
      ...(flaws.length > 0 ? { errors: flaws } : {}),
    }),
  };
}

/** Turns a handler's error into problem details. Unexpected errors are logged; the caller sees a generic 500. */
export const problemDetails = (saga: Saga): Middleware => ({
  onError: (request) => {
    // The id in the API's access log. A hostile event may have no context at all.
    const requestId = request.event?.requestContext?.requestId;
    request.response = problemReply(saga, asProblem(request.error, requestId));
  },
});

function asProblem(error: unknown, requestId: string | undefined): Problem {
  if (error instanceof Problem) return error;
  if (error instanceof StoreUnavailableError || error instanceof PublishError) {
    log('error', 'unavailable', { requestId, error: error.message });
    const what = error instanceof PublishError ? 'The broker' : 'The database';
    return new Problem('unavailable', `${what} does not answer at the moment; nothing was done half-way.`);
  }
  const what = error instanceof Error ? error.stack : String(error);
  log('error', 'unexpected error', { requestId, error: what });
  return new Problem('internal', 'The request was not carried out. It is safe to send it again unchanged.');
}
