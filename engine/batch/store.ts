/**
 * The table of one service, as the saga needs it: strongly consistent reads, conditional all-or-nothing writes, and
 * pages of an index. `dynamo-store.ts` implements it with DynamoDB.
 */
export type Json =
  | string
  | number
  | boolean
  | null
  | readonly Json[]
  | { readonly [member: string]: Json | undefined };

/** One item. Its key is the string attribute `pk`. */
export interface Item {
  readonly pk: string;
  readonly [attribute: string]: Json | undefined;
}

export type Write =
  | {
      readonly kind: 'put';
      readonly item: Item;
      /** The item that must be there now: none, one with these values, such as a version, or any. */
      readonly expects: 'absent' | 'anything' | Readonly<Record<string, string | number>>;
    }
  | {
      readonly kind: 'add';
      readonly key: string;
      /** What is added to each counter of the item, by its attribute. */
      readonly deltas: Readonly<Record<string, number>>;
      /** The write fails unless the item exists and has these values, and a counter that is taken from stays ≥ 0. */
      readonly relyingOn: Readonly<Record<string, string | number>>;
      /** Counters that begin at 0 with their item, and stay at most this: nothing else is asked of those. */
      readonly atMost?: Readonly<Record<string, number>>;
      /** Numbers that are not added to but replaced. */
      readonly sets?: Readonly<Record<string, number>>;
    }
  | {
      readonly kind: 'delete';
      readonly key: string;
      /** The deletion fails unless the item has these values. Without them it succeeds, whether there is an item or not. */
      readonly relyingOn?: Readonly<Record<string, string | number>>;
    };

/** Why one write of a transaction failed. `stored`: the item that failed the condition, if there is one. */
export type Refusal =
  | { readonly cause: 'condition'; readonly stored: Item | undefined }
  | { readonly cause: 'conflict' };

export type WriteResult =
  | { readonly ok: true }
  /** In the order of the writes; undefined for a write that would have succeeded. */
  | { readonly ok: false; readonly refusals: readonly (Refusal | undefined)[] };

export interface IndexQuery {
  readonly index: string;
  readonly partition: readonly [attribute: string, value: string];
  readonly range?: readonly [attribute: string, atMost: number];
  readonly newestFirst?: boolean;
  readonly limit: number;
  readonly after?: Item | undefined;
}

export interface Page {
  /** The index entries: keys, and what the index projects. */
  readonly entries: readonly Item[];
  /** Where the next page starts; absent on the last one. */
  readonly next?: Item;
}

/** DynamoDB's limit on one transaction. https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html */
export const MAX_TRANSACTION_ITEMS = 100;

export interface Store {
  /** Strongly consistent. Keys that have no item are absent from the answer. @throws StoreUnavailableError */
  read(keys: readonly string[]): Promise<ReadonlyMap<string, Item>>;
  /** All or none, at most `MAX_TRANSACTION_ITEMS`, one write an item. @throws StoreUnavailableError */
  write(writes: readonly Write[]): Promise<WriteResult>;
  /** Eventually consistent. @throws StoreUnavailableError */
  query(query: IndexQuery): Promise<Page>;
}

/** A table that is only read. */
export interface TableReader extends Pick<Store, 'read'> {
  /**
   * A page of everything in the table, whatever it is and in no order, eventually consistent: at most `limit` items, and
   * perhaps none although more follow. `after`: where the page before ended. @throws StoreUnavailableError
   */
  scan(limit: number, after?: Pick<Item, 'pk'>): Promise<Page>;
}

/** The table did not answer, or throttled: a write may or may not have happened, and a retry is right. */
export class StoreUnavailableError extends Error {
  override readonly name = 'StoreUnavailableError';
}
