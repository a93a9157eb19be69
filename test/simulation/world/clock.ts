/** Virtual time: it moves only when the scheduler says so. */
export class Clock {
  #nowMs: number;

  constructor(beginMs: number) {
    this.#nowMs = beginMs;
  }

  get nowMs(): number {
    return this.#nowMs;
  }

  advance(byMs: number): void {
    this.#nowMs += byMs;
  }
}
