import type {
  IndexQuery,
  Item,
  Page,
  Store,
  TableReader,
  Write,
  WriteResult,
} from '../../engine/batch/store.ts';
import { shop } from '../../functions/shop.ts';
import { indexesIn, Table } from '../simulation/world/table.ts';

/**
 * The simulation's table for the engine's unit tests, with the indexes of all services. It records the calls, and a
 * test can intervene.
 */
export class MemoryStore implements Store, TableReader {
  readonly #table: Table;
  readonly reads: (readonly string[])[] = [];
  readonly writes: (readonly Write[])[] = [];
  /** Runs before a read is answered; may throw. */
  beforeRead: (keys: readonly string[]) => void | Promise<void> = () => {};
  /** Runs before a write is tried; may change items, throw, or answer instead of the table. */
  beforeWrite: (writes: readonly Write[]) => WriteResult | undefined | Promise<WriteResult | undefined> =
    () => undefined;
  /** Runs after a write was applied and before the answer: a throw here loses the answer. */
  afterWrite: (writes: readonly Write[]) => void = () => {};

  constructor(items: readonly Item[] = []) {
    this.#table = new Table(
      shop.services.flatMap((service) => indexesIn(shop, service)),
      items,
    );
  }

  get items(): Map<string, Item> {
    return this.#table.items;
  }

  async read(keys: readonly string[]): Promise<ReadonlyMap<string, Item>> {
    this.reads.push(keys);
    await this.beforeRead(keys);
    return this.#table.read(keys);
  }

  async write(writes: readonly Write[]): Promise<WriteResult> {
    this.writes.push(writes);
    const answer = await this.beforeWrite(writes);
    if (answer !== undefined) return answer;
    const result = this.#table.write(writes);
    if (result.ok) this.afterWrite(writes);
    return result;
  }

  async query(query: IndexQuery): Promise<Page> {
    return this.#table.query(query);
  }

  async scan(limit: number, after?: Pick<Item, 'pk'>): Promise<Page> {
    return this.#table.scan(limit, after);
  }
}

/** The result of a transaction that lost some writes to a concurrent one. Only real DynamoDB gives it. */
export const conflict = (writes: readonly Write[], loses: (write: Write) => boolean): WriteResult => ({
  ok: false,
  refusals: writes.map((write) => (loses(write) ? { cause: 'conflict' } : undefined)),
});
