import { setImmediate } from 'node:timers/promises';
import { Clock } from '../simulation/world/clock.ts';

/** Virtual time whose timers run in their order. Whole milliseconds only. */
export class VirtualTime {
  readonly clock: Clock;
  readonly #timers = new Map<number, (() => void)[]>();

  constructor(beginMs: number) {
    this.clock = new Clock(beginMs);
  }

  readonly now = (): number => this.clock.nowMs;

  readonly after = (delayMs: number, run: () => void): void => {
    const atMs = this.clock.nowMs + Math.max(1, Math.ceil(delayMs));
    const others = this.#timers.get(atMs);
    if (others === undefined) this.#timers.set(atMs, [run]);
    else others.push(run);
  };

  /** Answers so many milliseconds later. */
  async later<T>(delayMs: number, answer: () => T): Promise<T> {
    await new Promise<void>((resolve) => this.after(delayMs, resolve));
    return answer();
  }

  /** Goes on until that is so. @throws Error if it is not so by then */
  async until(isSo: () => boolean, limitMs: number): Promise<void> {
    const endMs = this.clock.nowMs + limitMs;
    await setImmediate();
    while (!isSo()) {
      if (this.clock.nowMs >= endMs) throw new Error(`not over after ${limitMs / 1000} s`);
      this.clock.advance(1);
      const due = this.#timers.get(this.clock.nowMs);
      if (due === undefined) continue;
      this.#timers.delete(this.clock.nowMs);
      for (const run of due) run();
      // By then everything has happened that follows from it without time passing.
      await setImmediate();
    }
  }
}
