import { AsyncLocalStorage } from 'node:async_hooks';

/** A call to the outside is given up after so long; its answer is then unknown. */
export const CALL_TIMEOUT_MS = 5_000;
/** So long a batch takes to write its last answers, and to publish what follows. */
const SETTLE_MS = 2_000;

const left = new AsyncLocalStorage<() => number>();

/**
 * How long a call to the outside may still wait before it begins, in milliseconds; negative if it is too late, Infinity
 * where no batch is under way. One that begins later might still be under way when the function is killed.
 */
export const timeLeftMs = (): number => left.getStore()?.() ?? Number.POSITIVE_INFINITY;

/** The time of one batch. Every effect of the batch sees it, however deep the call that asks. */
export class BatchTime {
  readonly #leftMs: () => number;

  /** `deadlineMs`: when the function is killed; Infinity if it is not. */
  constructor(now: () => number, deadlineMs: number) {
    const beganMs = now();
    // A function with a very short timeout still gets something done in every batch.
    const lastMs = Math.max(deadlineMs - CALL_TIMEOUT_MS - SETTLE_MS, (beganMs + deadlineMs) / 2);
    this.#leftMs = () => lastMs - now();
  }

  get isOver(): boolean {
    return this.#leftMs() < 0;
  }

  /** Makes the call, which may ask `timeLeftMs`. */
  within<T>(call: () => T): T {
    return left.run(this.#leftMs, call);
  }
}
