import Stripe from 'stripe';
import { Deferred } from '../../../engine/batch/deferred.ts';
import { CALL_TIMEOUT_MS, timeLeftMs } from '../../../engine/batch/time-left.ts';
import type { StripeCalls } from '../stripe-calls.ts';
import type { Pacer } from './pacer.ts';

/** Somebody else is changing the object. https://docs.stripe.com/error-codes#lock-timeout */
const LOCKED = 'lock_timeout';

/** No answer makes all calls pause for longer. */
const LONGEST_PAUSE_MS = 60_000;

/**
 * Stripe's client, whose calls keep to the pace. Stripe limits each endpoint separately, whatever the id.
 * https://docs.stripe.com/rate-limits
 * @throws Deferred if a call cannot be made in time, or comes too soon
 */
export function paced(stripe: StripeCalls, pacer: Pacer, now: () => number): StripeCalls {
  const { call, beginning } = keeping(pacer, now);
  return {
    paymentIntents: {
      create: beginning('POST /v1/payment_intents', (wanted) => stripe.paymentIntents.create(wanted)),
      confirm: call('POST /v1/payment_intents/{id}/confirm', (id) => stripe.paymentIntents.confirm(id)),
      retrieve: call('GET /v1/payment_intents/{id}', (id, wanted) =>
        stripe.paymentIntents.retrieve(id, wanted),
      ),
      cancel: call('POST /v1/payment_intents/{id}/cancel', (id) => stripe.paymentIntents.cancel(id)),
      list: call('GET /v1/payment_intents', (wanted) => stripe.paymentIntents.list(wanted)),
    },
    refunds: {
      create: call('POST /v1/refunds', (wanted) => stripe.refunds.create(wanted)),
      list: call('GET /v1/refunds', (wanted) => stripe.refunds.list(wanted)),
    },
    disputes: { list: call('GET /v1/disputes', (wanted) => stripe.disputes.list(wanted)) },
  };
}

/** Makes calls that keep to the pace. After a `beginning` the intent has to be confirmed, so it needs time for two calls. */
function keeping(pacer: Pacer, now: () => number) {
  const of =
    (begins: boolean, reserveMs: number) =>
    <Request extends readonly unknown[], Answer>(
      name: string,
      make: (...request: Request) => Promise<Answer>,
    ) =>
    async (...request: Request): Promise<Answer> => {
      await pacer.turn({ name, begins }, timeLeftMs() - reserveMs);
      const calledMs = now();
      try {
        const answer = await make(...request);
        pacer.goOn(calledMs);
        return answer;
      } catch (error) {
        throw learnedFrom(error, pacer, calledMs);
      }
    };
  return { call: of(false, 0), beginning: of(true, CALL_TIMEOUT_MS) };
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
    const reason = error.headers?.['stripe-rate-limited-reason'] ?? error.code ?? '';
    return new Deferred(`Stripe refused the call for now${shown(reason)}`, pacer.pausedMs, { cause: error });
  }
  if ((error.statusCode ?? 0) >= 500) pacer.pause(calledMs, retryAfterMs(error));
  return error;
}

/** Stripe's reasons are words such as `global-rate`. Anything else it might say is kept nowhere. */
const shown = (reason: string): string => (/^[a-z][a-z_-]{0,49}$/.test(reason) ? `: ${reason}` : '');

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
