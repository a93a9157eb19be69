/** A function's clock is at most so wrong. */
export const MAX_SKEW_MS = 2 * 3_600_000;

/** Virtual time: it moves only when the scheduler says so. */
export class Clock {
  #nowMs: number;
  /** How far it has come, there and back. */
  movedMs = 0;
  /** How far it has been set back, all in all. */
  setBackMs = 0;

  constructor(beginMs: number) {
    this.#nowMs = beginMs;
  }

  /** By so much two notes of one moment may differ: functions' clocks are wrong, and the world's own was set back. */
  get errorMs(): number {
    return MAX_SKEW_MS + this.setBackMs;
  }

  get nowMs(): number {
    return this.#nowMs;
  }

  advance(byMs: number): void {
    this.#nowMs += byMs;
    this.movedMs += Math.abs(byMs);
    if (byMs < 0) this.setBackMs -= byMs;
  }
}
