import type { Settings } from '../settings.ts';
import { RejectedRequest } from './answers.ts';

/** https://docs.stripe.com/rate-limits: which limit it was. */
export const REASON_HEADER = 'Stripe-Rate-Limited-Reason';
type Reason = 'global-rate' | 'endpoint-rate';

/** Turned away before anything is read, done or saved. */
export class RateLimited extends RejectedRequest {
  readonly reason: Reason;

  constructor(reason: Reason) {
    super(429, {
      type: 'invalid_request_error',
      code: 'rate_limit',
      message: 'Request rate limit exceeded. Retry with exponential backoff to reduce your request rate.',
    });
    this.reason = reason;
  }
}

/** Counts the requests of all endpoints and of each. A second's worth of them may come at once. */
export class RateLimits {
  readonly #settings: Settings;
  readonly #all = new Bucket();
  readonly #byEndpoint = new Map<object, Bucket>();

  constructor(settings: Settings) {
    this.#settings = settings;
  }

  /** @throws RateLimited */
  admit(endpoint: object, nowMs: number): void {
    const { ratePerSecond, endpointRatePerSecond } = this.#settings;
    if (ratePerSecond > 0 && !this.#all.takes(ratePerSecond, nowMs)) throw new RateLimited('global-rate');
    if (endpointRatePerSecond === 0) return;
    const own = this.#byEndpoint.get(endpoint) ?? new Bucket();
    this.#byEndpoint.set(endpoint, own);
    if (!own.takes(endpointRatePerSecond, nowMs)) throw new RateLimited('endpoint-rate');
  }
}

class Bucket {
  #perSecond = 0;
  #left = 0;
  #atMs = 0;

  takes(perSecond: number, nowMs: number): boolean {
    // Under a new limit nothing has been taken yet.
    this.#left =
      perSecond === this.#perSecond
        ? Math.min(perSecond, this.#left + ((nowMs - this.#atMs) / 1_000) * perSecond)
        : perSecond;
    this.#perSecond = perSecond;
    this.#atMs = nowMs;
    if (this.#left < 1) return false;
    this.#left -= 1;
    return true;
  }
}
