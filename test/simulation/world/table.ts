import {
  type IndexQuery,
  type Item,
  MAX_TRANSACTION_ITEMS,
  type Page,
  type Refusal,
  type Write,
  type WriteResult,
} from '../../../engine/batch/store.ts';
import type { Saga } from '../../../engine/saga/saga.ts';
import { indexesOf as declaredIndexes } from '../../../infra/aws/templates/tables.ts';

/** Name, partition key and sort key of an index that projects keys only. */
interface Index {
  readonly name: string;
  readonly partition: string;
  readonly sort: string;
}

/** The indexes of a service's table, as AWS gets them. */
export const indexesIn = (saga: Saga, service: string): readonly Index[] =>
  declaredIndexes(saga, service).map(({ name, partition, sort }) => ({
    name,
    partition: partition.name,
    sort: sort.name,
  }));

const isOther = (item: Item | undefined): boolean => item?.record === undefined;

/**
 * One service's table as DynamoDB keeps it: conditions, transactions that apply as a whole or not at all with
 * their refusals in order, the stored item beside a failed condition, and indexes that may lag behind.
 */
export class Table {
  readonly items = new Map<string, Item>();
  /** Whether anything else than records was ever put here. */
  hasOthers: boolean;
  /** How often something was written. */
  changes = 0;
  readonly #indexes: readonly Index[];
  /** What an index that lags, or a scan, still shows of the items that were written last. */
  readonly #lagging = new Map<string, Item | undefined>();

  constructor(indexes: readonly Index[] = [], items: readonly Item[] = []) {
    this.#indexes = indexes;
    for (const item of items) this.items.set(item.pk, item);
    this.hasOthers = items.some(isOther);
  }

  read(keys: readonly string[]): ReadonlyMap<string, Item> {
    const found = new Map<string, Item>();
    for (const key of keys) {
      const item = this.items.get(key);
      if (item !== undefined) found.set(key, item);
    }
    return found;
  }

  write(writes: readonly Write[]): WriteResult {
    if (!isTransaction(writes)) throw new Error('not a transaction');
    const refusals = writes.map((write) => this.#refusalOf(write));
    if (refusals.some((refusal) => refusal !== undefined)) return { ok: false, refusals };
    for (const write of writes) this.apply(write);
    return { ok: true };
  }

  query(
    { index, partition: [name, value], range, newestFirst, limit, after }: IndexQuery,
    lags = false,
  ): Page {
    const keys = this.#indexes.find((each) => each.name === index);
    if (keys?.partition !== name || (range !== undefined && range[0] !== keys.sort)) {
      throw new Error(`no index ${index} on ${name}`);
    }
    const { sort } = keys;
    const direction = newestFirst ? -1 : 1;
    const entries: Item[] = [];
    for (const item of lags ? this.#asIndexed() : this.items.values()) {
      const position = item[sort];
      if (item[name] !== value || position === undefined) continue;
      if (range !== undefined && Number(position) > range[1]) continue;
      entries.push({ pk: item.pk, [name]: value, [sort]: position });
    }
    entries.sort((a, b) => direction * compare(a, b, sort));
    const rest =
      after === undefined ? entries : entries.filter((each) => direction * compare(each, after, sort) > 0);
    const page = rest.slice(0, limit);
    const last = page.at(-1);
    // DynamoDB stops at the limit before it knows whether anything follows.
    return last !== undefined && page.length === limit ? { entries: page, next: last } : { entries: page };
  }

  /** Everything, in no order that means anything. `lags`: what was written last does not show yet. */
  scan(limit: number, after?: Pick<Item, 'pk'>, lags = false): Page {
    const items = new Map(
      (lags ? this.#asIndexed() : [...this.items.values()]).map((item) => [item.pk, item]),
    );
    const keys = [...items.keys()].sort();
    const rest = after === undefined ? keys : keys.filter((key) => key > after.pk);
    const entries = rest.slice(0, limit).flatMap((key) => items.get(key) ?? []);
    const last = entries.at(-1);
    return last !== undefined && entries.length === limit ? { entries, next: { pk: last.pk } } : { entries };
  }

  /** The indexes have caught up. */
  settle(): void {
    this.#lagging.clear();
  }

  #asIndexed(): readonly Item[] {
    const items = new Map<string, Item | undefined>(this.items);
    for (const [key, item] of this.#lagging) items.set(key, item);
    return [...items.values()].filter((item) => item !== undefined);
  }

  #refusalOf(write: Write): Refusal | undefined {
    const stored = this.items.get(keyOf(write));
    return holds(write, stored) ? undefined : { cause: 'condition', stored };
  }

  /** Whatever is stored. */
  apply(write: Write): void {
    this.changes += 1;
    const key = keyOf(write);
    const stored = this.items.get(key);
    this.#lagging.set(key, stored);
    this.hasOthers ||= isOther(write.kind === 'put' ? write.item : stored);
    if (write.kind === 'put') {
      this.items.set(key, write.item);
      return;
    }
    if (write.kind === 'delete') {
      this.items.delete(key);
      return;
    }
    const counters = Object.entries(write.deltas).map(([name, by]) => [
      name,
      Number(stored?.[name] ?? 0) + by,
    ]);
    this.items.set(key, { ...stored, pk: key, ...Object.fromEntries(counters), ...write.sets });
  }
}

export const keyOf = (write: Write): string => (write.kind === 'put' ? write.item.pk : write.key);

/** https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html */
export const isTransaction = (writes: readonly Write[]): boolean =>
  writes.length > 0 &&
  writes.length <= MAX_TRANSACTION_ITEMS &&
  new Set(writes.map(keyOf)).size === writes.length;

function holds(write: Write, stored: Item | undefined): boolean {
  if (write.kind === 'put') {
    if (write.expects === 'anything') return true;
    if (write.expects === 'absent') return stored === undefined;
    return Object.entries(write.expects).every(([name, value]) => stored?.[name] === value);
  }
  if (write.kind === 'delete')
    return Object.entries(write.relyingOn ?? {}).every(([name, value]) => stored?.[name] === value);
  const { deltas, relyingOn, atMost } = write;
  if (stored === undefined && atMost === undefined) return false;
  const isWithin = ([name, by]: readonly [string, number]): boolean => {
    const [most, now] = [atMost?.[name], stored?.[name]];
    if (most !== undefined) return by < 0 || Number(now ?? 0) + by <= most;
    return by >= 0 || Number(now) >= -by;
  };
  if (!Object.entries(deltas).every(isWithin)) return false;
  return Object.entries(relyingOn).every(([name, value]) => stored?.[name] === value);
}

function compare(a: Item, b: Item, sort: string): number {
  const [left, right] = [a[sort], b[sort]];
  if (left !== right && typeof left === typeof right && left != null && right != null)
    return left < right ? -1 : 1;
  return a.pk < b.pk ? -1 : a.pk > b.pk ? 1 : 0;
}
