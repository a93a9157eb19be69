import type { Item } from './store.ts';

/** Enough for a large catalogue; beyond it, the oldest are dropped. */
const MAX_ITEMS = 10_000;

/**
 * Items that many sagas share, as this environment last saw them. Kept between batches to save reads. Others may have
 * changed them since, so a decision that relies on one needs a condition in its write, or a fresh read.
 */
export class Memory {
  readonly #items = new Map<string, Item>();

  recall(key: string): Item | undefined {
    return this.#items.get(key);
  }

  keep(key: string, item: Item | undefined): void {
    this.#items.delete(key);
    if (item === undefined) return;
    this.#items.set(key, item);
    const [oldest] = this.#items.keys();
    if (this.#items.size > MAX_ITEMS && oldest !== undefined) this.#items.delete(oldest);
  }
}
