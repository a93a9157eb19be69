import Stripe from 'stripe';
import { Deferred } from '../../../engine/batch/deferred.ts';
import { CALL_TIMEOUT_MS, timeLeftMs } from '../../../engine/batch/time-left.ts';
import type { StripeCalls } from '../stripe-calls.ts';
import type { Endpoint, Pacer } from './pacer.ts';

type Endpoints = {
  readonly [Resource in keyof StripeCalls]: { readonly [Method in keyof StripeCalls[Resource]]: string };
};

/** Stripe limits each of them separately, whatever the id. https://docs.stripe.com/rate-limits */
const endpoints: Endpoints = {
  paymentIntents: {
    create: 'POST /v1/payment_intents',
    confirm: 'POST /v1/payment_intents/{id}/confirm',
    retrieve: 'GET /v1/payment_intents/{id}',
    cancel: 'POST /v1/payment_intents/{id}/cancel',
  },
  refunds: { create: 'POST /v1/refunds', list: 'GET /v1/refunds' },
  disputes: { list: 'GET /v1/disputes' },
};

/** After it the intent has to be confirmed, so it needs time for two calls. */
const BEGINS = endpoints.paymentIntents.create;

/** Somebody else is changing the object. https://docs.stripe.com/error-codes#lock-timeout */
const LOCKED = 'lock_timeout';

/** No answer makes all calls pause for longer. */
const LONGEST_PAUSE_MS = 60_000;

/** Stripe's client, whose calls keep to the pace. @throws Deferred if a call cannot be made in time, or comes too soon */
export function paced(stripe: StripeCalls, pacer: Pacer, now: () => number): StripeCalls {
  const resources = Object.entries(endpoints).map(([resource, methods]) => {
    const real = stripe[resource as keyof StripeCalls] as unknown as Readonly<Record<string, Method>>;
    const calls = Object.entries(methods).map(([method, name]) => {
      const endpoint = { name, begins: name === BEGINS };
      return [method, pacedCall((...request) => real[method]?.(...request), endpoint, pacer, now)];
    });
    return [resource, Object.fromEntries(calls)];
  });
  return Object.fromEntries(resources);
}

type Method = (...request: readonly unknown[]) => unknown;

function pacedCall(call: Method, endpoint: Endpoint, pacer: Pacer, now: () => number): Method {
  const reserveMs = endpoint.begins ? CALL_TIMEOUT_MS : 0;
  return async (...request) => {
    await pacer.turn(endpoint, timeLeftMs() - reserveMs);
    const calledMs = now();
    try {
      const answer = await call(...request);
      pacer.goOn(calledMs);
      return answer;
    } catch (error) {
      throw learnedFrom(error, pacer, calledMs);
    }
  };
}

/**
 * A call that came too soon did nothing and failed at nothing, so its message is deferred. Any other error is a failure,
 * which is counted: its result may be unknown, or, if the object is locked, nobody knows for how long. If a server failed,
 * the calls pause all the same.
 */
function learnedFrom(error: unknown, pacer: Pacer, calledMs: number): unknown {
  if (!(error instanceof Stripe.errors.StripeError)) return error;
  if (error instanceof Stripe.errors.StripeRateLimitError && error.code !== LOCKED) {
    pacer.slowDown(calledMs, retryAfterMs(error));
    const reason = error.headers?.['stripe-rate-limited-reason'] ?? error.code ?? 'no reason';
    return new Deferred(`Stripe refused the call for now: ${reason}`, pacer.pausedMs, { cause: error });
  }
  if ((error.statusCode ?? 0) >= 500) pacer.pause(calledMs, retryAfterMs(error));
  return error;
}

/** The header as seconds; its other form, a date, is not used by Stripe. https://www.rfc-editor.org/rfc/rfc9110#field.retry-after */
function retryAfterMs({
  headers,
}: {
  readonly headers?: Readonly<Record<string, string>>;
}): number | undefined {
  const text = headers?.['retry-after'];
  return text !== undefined && /^\d{1,5}$/.test(text)
    ? Math.min(Number(text) * 1_000, LONGEST_PAUSE_MS)
    : undefined;
}
