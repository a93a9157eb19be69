import type { Random } from './random.ts';

/** Something that can happen next. */
export interface Task {
  /** Who it belongs to, for the order in which a scheduler without chance takes them. */
  run(): void;
}

/** Which of all that can happen next does. `arrival`: always what has waited longest. */
export type Order = 'random' | 'arrival';

export class Scheduler {
  readonly #tasks: Task[] = [];
  #sleeping: { readonly untilStep: number; readonly task: Task }[] = [];
  readonly #random: Random;
  readonly #order: Order;

  constructor(random: Random, order: Order) {
    this.#random = random;
    this.#order = order;
  }

  add(task: Task): void {
    this.#tasks.push(task);
  }

  addAt(untilStep: number, task: Task): void {
    this.#sleeping.push({ untilStep, task });
  }

  get waiting(): number {
    return this.#tasks.length;
  }

  get sleeping(): number {
    return this.#sleeping.length;
  }

  /** Wakes what is due at this step; if nothing else can happen, what would be due first. */
  wake(step: number, isIdle: boolean): void {
    if (this.#sleeping.length === 0) return;
    const first = isIdle ? Math.min(...this.#sleeping.map(({ untilStep }) => untilStep)) : step;
    const until = Math.max(first, step);
    const due = this.#sleeping.filter(({ untilStep }) => untilStep <= until);
    if (due.length === 0) return;
    this.#sleeping = this.#sleeping.filter(({ untilStep }) => untilStep > until);
    for (const { task } of due) this.#tasks.push(task);
  }

  /** Takes one of the tasks and `others`, which stand behind them. */
  take(others: readonly Task[]): Task | undefined {
    const count = this.#tasks.length + others.length;
    if (count === 0) return undefined;
    const index = this.#order === 'random' ? this.#random.below(count) : 0;
    if (index >= this.#tasks.length) return others[index - this.#tasks.length];
    return this.#tasks.splice(index, 1)[0];
  }
}
