/** At most so many calls in any stretch of so many milliseconds. */
export interface Limit {
  readonly calls: number;
  readonly perMs: number;
}

/**
 * A second, and a little more: calls that left a second apart may arrive closer together. It costs less than a
 * thirtieth of the rate.
 */
const SECOND_MS = 1_025;

/** A window's calls take a quarter of it at least, so they do not all come at once. */
const HASTE = 4;

/** Whole calls only: otherwise shards could together make more calls in a second than is allowed. */
export const limitOf = (perSecond: number): Limit =>
  perSecond >= 1
    ? { calls: Math.floor(perSecond), perMs: SECOND_MS }
    : { calls: 1, perMs: SECOND_MS / perSecond };

/**
 * When the next call may be made. It holds in every stretch of time, however that is laid. A bucket of tokens would not
 * do: after a pause it lets nearly twice the rate through in one second. Nor would an even pace: a batch waits for its
 * last answers, and that time would be lost.
 */
export class Window {
  readonly #limit: Limit;
  /** The times of the last calls. The next one takes the place of the oldest, at `#next`. */
  readonly #times: number[];
  #next = 0;
  #lastMs = Number.NEGATIVE_INFINITY;

  constructor(limit: Limit) {
    this.#limit = limit;
    this.#times = new Array<number>(limit.calls).fill(Number.NEGATIVE_INFINITY);
  }

  /** The earliest time for the next call. `slowness`: 2 for half as many calls in the same time. */
  nextMs(slowness = 1): number {
    const { calls, perMs } = this.#limit;
    const allowed = calls / slowness;
    const whole = Math.max(1, Math.floor(allowed));
    const first = this.#times[(this.#next + calls - whole) % calls] ?? Number.NEGATIVE_INFINITY;
    return Math.max(first + perMs * Math.max(1, whole / allowed), this.#lastMs + perMs / whole / HASTE);
  }

  /** The time between two calls, on average, when all of the rate is used. */
  get intervalMs(): number {
    return this.#limit.perMs / this.#limit.calls;
  }

  take(nowMs: number): void {
    this.#times[this.#next] = nowMs;
    this.#next = (this.#next + 1) % this.#limit.calls;
    this.#lastMs = nowMs;
  }
}
