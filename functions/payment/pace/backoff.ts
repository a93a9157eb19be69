/** The first pause, and the longest that is not asked for. Each is twice as long as the one before. */
const FIRST_MS = 250;
const LONGEST_MS = 8_000;

/**
 * A pause of all calls after one that was refused or failed. Calls that were under way when a pause began prolong none:
 * they say the same again.
 */
export class Backoff {
  readonly #random: () => number;
  #pauses = 0;
  #beganMs = Number.NEGATIVE_INFINITY;
  #untilMs = Number.NEGATIVE_INFINITY;

  /** `random`: from 0 to 1, so that environments that were refused together do not come back together. */
  constructor(random: () => number) {
    this.#random = random;
  }

  get untilMs(): number {
    return this.#untilMs;
  }

  /** `askedMs`: the pause that the answer asked for. Returns whether a new pause begins. */
  begin(nowMs: number, calledMs: number, askedMs: number | undefined): boolean {
    if (askedMs !== undefined) this.#untilMs = Math.max(this.#untilMs, nowMs + askedMs);
    if (calledMs <= this.#beganMs) return false;
    const pauseMs = Math.min(LONGEST_MS, FIRST_MS * 2 ** this.#pauses) * (0.5 + this.#random() / 2);
    this.#pauses += 1;
    this.#beganMs = nowMs;
    this.#untilMs = Math.max(this.#untilMs, nowMs + pauseMs);
    return true;
  }

  /** A call that was made after the pause has succeeded. */
  end(calledMs: number): void {
    if (calledMs > this.#beganMs) this.#pauses = 0;
  }
}
