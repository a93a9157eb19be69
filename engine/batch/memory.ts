import type { Item } from './store.ts';

/** What a large catalogue has; beyond that, those seen last. */
const MAX_ITEMS = 10_000;

/**
 * What an environment has seen of items that many sagas share, kept from one batch to the next to save reading
 * them again. Others may have changed them since: whoever goes by it has to have that noticed.
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
