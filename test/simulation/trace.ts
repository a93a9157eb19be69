import type { Clock } from './world/clock.ts';

/** The readable story of one run. Costs nothing while nobody listens. */
export class Trace {
  readonly lines: string[] = [];
  readonly isOn: boolean;
  readonly #clock: Clock;
  readonly #beginMs: number;
  step = 0;

  constructor(isOn: boolean, clock: Clock) {
    this.isOn = isOn;
    this.#clock = clock;
    this.#beginMs = clock.nowMs;
  }

  say(line: () => string): void {
    if (!this.isOn) return;
    const seconds = ((this.#clock.nowMs - this.#beginMs) / 1000).toFixed(3);
    this.lines.push(`${String(this.step).padStart(5)} ${seconds.padStart(10)}s  ${line()}`);
  }
}
