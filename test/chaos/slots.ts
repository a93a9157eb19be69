import { pause } from './pause.ts';

const fewest = 3;
const successesForOneMore = 8;
const afterLossMs = 150;

/**
 * How many requests may be under way at once. After a lost connection it is few, and one more with every few
 * successes: a system that has just come up again starts its workers cold, and must not start all of them at once.
 */
export class Slots {
  readonly #most: number;
  #limit: number;
  #used = 0;
  #successes = 0;
  #waiting: (() => void)[] = [];

  constructor(most: number) {
    this.#most = most;
    this.#limit = fewest;
  }

  async use<T>(work: () => Promise<T>): Promise<T> {
    while (this.#used >= this.#limit) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    this.#used += 1;
    try {
      const result = await work();
      this.#successes += 1;
      if (this.#successes % successesForOneMore === 0 && this.#limit < this.#most) this.#limit += 1;
      return result;
    } catch (error) {
      this.#limit = fewest;
      // Nobody knocks all the time at a door behind which nobody is.
      await pause(afterLossMs);
      throw error;
    } finally {
      this.#used -= 1;
      for (const wake of this.#waiting.splice(0, Math.max(0, this.#limit - this.#used))) wake();
    }
  }
}
