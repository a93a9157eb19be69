import {
  type IndexQuery,
  type Item,
  MAX_TRANSACTION_ITEMS,
  type Page,
  type Refusal,
  type Store,
  type Write,
  type WriteResult,
} from '../../functions/runtime/store.ts';

/**
 * A table in memory for the engine's unit tests: conditions, all-or-none transactions and refusals in order,
 * as `Store` promises them. It writes down what it was asked, and a test can come in between.
 */
export class MemoryStore implements Store {
  readonly items = new Map<string, Item>();
  readonly reads: (readonly string[])[] = [];
  readonly writes: (readonly Write[])[] = [];
  /** Runs before a read is answered; may throw. */
  beforeRead: (keys: readonly string[]) => void | Promise<void> = () => {};
  /** Runs before a write is tried; may change items, throw, or answer in the table's place. */
  beforeWrite: (writes: readonly Write[]) => WriteResult | undefined | Promise<WriteResult | undefined> =
    () => undefined;
  /** Runs after a write was applied and before it is answered: a throw here loses the answer. */
  afterWrite: (writes: readonly Write[]) => void = () => {};

  constructor(items: readonly Item[] = []) {
    for (const item of items) this.items.set(item.pk, item);
  }

  async read(keys: readonly string[]): Promise<ReadonlyMap<string, Item>> {
    this.reads.push(keys);
    await this.beforeRead(keys);
    return new Map(
      keys.flatMap((key) => {
        const item = this.items.get(key);
        return item === undefined ? [] : [[key, item] as const];
      }),
    );
  }

  async write(writes: readonly Write[]): Promise<WriteResult> {
    this.writes.push(writes);
    if (writes.length === 0 || writes.length > MAX_TRANSACTION_ITEMS) throw new Error('not a transaction');
    if (new Set(writes.map(keyOf)).size < writes.length) throw new Error('two writes of one item');
    const answer = await this.beforeWrite(writes);
    if (answer !== undefined) return answer;
    const refusals = writes.map((write) => this.#refusalOf(write));
    if (refusals.some((refusal) => refusal !== undefined)) return { ok: false, refusals };
    for (const write of writes) this.#apply(write);
    this.afterWrite(writes);
    return { ok: true };
  }

  query({ partition: [name, value], range, limit, after }: IndexQuery): Promise<Page> {
    const sortKey = range?.[0] ?? 'pk';
    const entries = [...this.items.values()]
      .filter((item) => item[name] === value && (range === undefined || Number(item[range[0]]) <= range[1]))
      .toSorted((a, b) => Number(a[sortKey]) - Number(b[sortKey]) || (a.pk < b.pk ? -1 : 1));
    const from = after === undefined ? 0 : entries.findIndex(({ pk }) => pk === after.pk) + 1;
    const page = entries.slice(from, from + limit);
    const last = page.at(-1);
    return Promise.resolve({
      entries: page,
      ...(last !== undefined && from + limit < entries.length ? { next: last } : {}),
    });
  }

  #refusalOf(write: Write): Refusal | undefined {
    const stored = this.items.get(keyOf(write));
    return holds(write, stored) ? undefined : { cause: 'condition', stored };
  }

  #apply(write: Write): void {
    if (write.kind === 'put') {
      this.items.set(write.item.pk, write.item);
      return;
    }
    const { key, attribute, delta } = write;
    const stored = this.items.get(key) ?? { pk: key };
    this.items.set(key, { ...stored, [attribute]: Number(stored[attribute] ?? 0) + delta });
  }
}

export const keyOf = (write: Write): string => (write.kind === 'put' ? write.item.pk : write.key);

function holds(write: Write, stored: Item | undefined): boolean {
  if (write.kind === 'put') {
    if (write.expects === 'anything') return true;
    return write.expects === 'absent' ? stored === undefined : stored?.version === write.expects.version;
  }
  const { attribute, delta, relyingOn } = write;
  return (
    stored !== undefined &&
    (delta >= 0 || Number(stored[attribute] ?? 0) >= -delta) &&
    Object.entries(relyingOn).every(([name, value]) => stored[name] === value)
  );
}

/** Every write of the transaction lost against somebody else's, as only DynamoDB itself says it. */
export const conflict = (writes: readonly Write[], loses: (write: Write) => boolean): WriteResult => ({
  ok: false,
  refusals: writes.map((write) => (loses(write) ? { cause: 'conflict' } : undefined)),
});
