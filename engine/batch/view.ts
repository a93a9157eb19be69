import type { Adjustment } from '../saga/decision.ts';
import type { Memory } from './memory.ts';
import type { Item, Store } from './store.ts';

/** Reads an item by its key, as the decision being made should see it. */
export type Items = (key: string) => Item | undefined;

/** One record's next version, and the counters that change with it. */
export interface Change {
  readonly item: Item;
  readonly expects: 'absent' | { readonly version: number };
  readonly adjusts: readonly Adjustment[];
  /** A new item, which nobody reads in a batch. */
  readonly besides?: Item | undefined;
}

/**
 * What a batch knows of its table: the items as last read, and a draft of the changes decided so far. The second job
 * that wants the last piece thus sees that the first one took it.
 */
export class View {
  readonly #store: Store;
  readonly #memory: Memory | undefined;
  readonly #known = new Map<string, Item | undefined>();
  /** Items that other sagas change too, and those of them that come from memory only. */
  readonly #shared = new Set<string>();
  readonly #remembered = new Set<string>();
  /** Records that were taken for absent without a read. */
  readonly #presumed = new Set<string>();
  #draft = new Map<string, Item>();

  constructor(store: Store, memory?: Memory) {
    this.#store = store;
    this.#memory = memory;
  }

  readonly get: Items = (key) => this.#draft.get(key) ?? this.#known.get(key);

  /** Takes the item for absent without a read, unless it is known. */
  presumeAbsent(key: string): void {
    if (this.#known.has(key)) return;
    this.#known.set(key, undefined);
    this.#presumed.add(key);
  }

  /** Takes a counter as it was last seen, or for absent, without a read. Either counts as remembered. */
  presume(key: string): void {
    this.#recall(key);
    if (this.#known.has(key)) return;
    this.#known.set(key, undefined);
    this.#remembered.add(key);
  }

  /** Nothing may rest on it that the item was taken for absent: it counts as remembered now. False if it was read. */
  doubt(key: string): boolean {
    if (this.#presumed.has(key)) this.#remembered.add(key);
    return this.#presumed.has(key);
  }

  /** Whether the item comes from an earlier batch, so it may have changed since. */
  isRemembered(key: string): boolean {
    return this.#remembered.has(key);
  }

  learn(key: string, item: Item | undefined): void {
    this.#remembered.delete(key);
    this.#know(key, item);
  }

  forget(key: string): void {
    this.#remembered.delete(key);
    this.#presumed.delete(key);
    this.#known.delete(key);
    this.#memory?.keep(key, undefined);
  }

  /** The next load reads all remembered items again. */
  forgetRemembered(): void {
    for (const key of this.#remembered) this.forget(key);
  }

  /** Reads the keys that are not known yet; takes `shared` from memory if it can. @throws StoreUnavailableError */
  async load(keys: readonly string[], shared: readonly string[] = []): Promise<void> {
    for (const key of shared) this.#recall(key);
    const unknown = new Set([...keys, ...shared].filter((key) => !this.#known.has(key)));
    if (unknown.size === 0) return;
    const items = await this.#store.read([...unknown]);
    for (const key of unknown) this.#know(key, items.get(key));
  }

  #recall(key: string): void {
    this.#shared.add(key);
    if (this.#known.has(key)) return;
    const item = this.#memory?.recall(key);
    if (item === undefined) return;
    this.#known.set(key, item);
    this.#remembered.add(key);
  }

  #know(key: string, item: Item | undefined): void {
    this.#presumed.delete(key);
    this.#known.set(key, item);
    if (this.#shared.has(key)) this.#memory?.keep(key, item);
  }

  beginDraft(): void {
    if (this.#draft.size > 0) this.#draft = new Map();
  }

  draft(change: Change): void {
    for (const item of after(change, this.get)) this.#draft.set(item.pk, item);
  }

  /** The change is written, so the table now holds what was a draft. */
  confirm(change: Change): void {
    for (const item of after(change, (key) => this.#known.get(key))) this.#know(item.pk, item);
  }
}

function* after({ item, adjusts }: Change, get: Items): Iterable<Item> {
  yield item;
  for (const { key, attribute, delta, atMost, sets } of adjusts) {
    const counter = get(key) ?? (atMost === undefined ? undefined : { pk: key });
    if (counter !== undefined)
      yield { ...counter, [attribute]: Number(counter[attribute] ?? 0) + delta, ...sets };
  }
}
