import type { Adjustment } from '../saga/decision.ts';
import type { Item, Store } from './store.ts';

/** Reads an item by its key, as the decision being made should see it. */
export type Items = (key: string) => Item | undefined;

/** One record's next version, and the counters that change with it. */
export interface Change {
  readonly item: Item;
  readonly expects: 'absent' | { readonly version: number };
  readonly adjusts: readonly Adjustment[];
}

/**
 * What a batch knows of its table: the items as last read, and over them a draft of what the decisions so far
 * would make of them. So the second order for the last piece sees that the first one has it.
 */
export class View {
  readonly #store: Store;
  readonly #known = new Map<string, Item | undefined>();
  #draft = new Map<string, Item>();

  constructor(store: Store) {
    this.#store = store;
  }

  readonly get: Items = (key) => this.#draft.get(key) ?? this.#known.get(key);

  knows(key: string): boolean {
    return this.#known.has(key);
  }

  learn(key: string, item: Item | undefined): void {
    this.#known.set(key, item);
  }

  forget(key: string): void {
    this.#known.delete(key);
  }

  /** Reads the keys that are not known yet. @throws StoreUnavailableError */
  async load(keys: readonly string[]): Promise<void> {
    const unknown = [...new Set(keys)].filter((key) => !this.#known.has(key));
    if (unknown.length === 0) return;
    const items = await this.#store.read(unknown);
    for (const key of unknown) this.#known.set(key, items.get(key));
  }

  beginDraft(): void {
    this.#draft = new Map();
  }

  draft(change: Change): void {
    for (const item of after(change, this.get)) this.#draft.set(item.pk, item);
  }

  /** The change is written: what was a draft is now what the table holds. */
  confirm(change: Change): void {
    for (const item of after(change, (key) => this.#known.get(key))) this.#known.set(item.pk, item);
  }
}

function* after({ item, adjusts }: Change, get: Items): Iterable<Item> {
  yield item;
  for (const { key, attribute, delta } of adjusts) {
    const counter = get(key);
    if (counter !== undefined) yield { ...counter, [attribute]: Number(counter[attribute] ?? 0) + delta };
  }
}
