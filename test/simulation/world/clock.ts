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

  get nowMs(): number {
    return this.#nowMs;
  }

  advance(byMs: number): void {
    this.#nowMs += byMs;
    this.movedMs += Math.abs(byMs);
    if (byMs < 0) this.setBackMs -= byMs;
  }
}
