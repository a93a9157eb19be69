import type { Random } from './random.ts';
import type { Clock } from './world/clock.ts';

/** Something that can happen next. */
export interface Task {
  run(): void;
}

/** Which of all that can happen next does. `arrival`: always what has waited longest. */
export type Order = 'random' | 'arrival';

/** A task that sleeps until the number says so: a step, a time or a count of calls. */
interface Sleeper {
  readonly until: number;
  readonly task: Task;
}

export class Scheduler {
  readonly #tasks: Task[] = [];
  #untilStep: Sleeper[] = [];
  #untilMs: Sleeper[] = [];
  #untilCall: Sleeper[] = [];
  readonly #random: Random;
  readonly #order: Order;
  readonly #clock: Clock;

  constructor(random: Random, order: Order, clock: Clock) {
    this.#random = random;
    this.#order = order;
    this.#clock = clock;
  }

  add(task: Task): void {
    this.#tasks.push(task);
  }

  addAtStep(until: number, task: Task): void {
    this.#untilStep.push({ until, task });
  }

  addAfterMs(delayMs: number, task: Task): void {
    this.#untilMs.push({ until: this.#clock.nowMs + delayMs, task });
  }

  addAtCall(until: number, task: Task): void {
    this.#untilCall.push({ until, task });
  }

  get waiting(): number {
    return this.#tasks.length;
  }

  get isAnythingAsleep(): boolean {
    return this.#untilStep.length + this.#untilMs.length > 0;
  }

  /** When the next task is due that waits for a time. */
  nextDueMs(): number {
    return Math.min(...this.#untilMs.map(({ until }) => until));
  }

  /** Wakes what is due at this step and time; if nothing else can happen, also what is due at the next step. */
  wake(step: number, isIdle: boolean): void {
    if (this.#untilStep.length > 0) {
      const first = isIdle ? Math.min(...this.#untilStep.map(({ until }) => until)) : step;
      this.#untilStep = this.#wakeDue(this.#untilStep, Math.max(first, step));
    }
    if (this.#untilMs.length > 0) this.#untilMs = this.#wakeDue(this.#untilMs, this.#clock.nowMs);
  }

  wakeAtCall(call: number): void {
    if (this.#untilCall.length > 0) this.#untilCall = this.#wakeDue(this.#untilCall, call);
  }

  /** Takes one of the tasks and `others`, which stand behind them. */
  take(others: readonly Task[]): Task | undefined {
    const count = this.#tasks.length + others.length;
    if (count === 0) return undefined;
    const index = this.#order === 'random' ? this.#random.below(count) : 0;
    if (index >= this.#tasks.length) return others[index - this.#tasks.length];
    return this.#tasks.splice(index, 1)[0];
  }

  #wakeDue(sleepers: readonly Sleeper[], now: number): Sleeper[] {
    for (const { until, task } of sleepers) if (until <= now) this.#tasks.push(task);
    return sleepers.filter(({ until }) => until > now);
  }
}
