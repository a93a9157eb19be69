/**
 * The table of one service, as the saga needs it: strongly consistent reads, conditional writes that are all
 * or none, and pages of an index. DynamoDB implements it in `dynamo-store.ts`.
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
      /** Which item must be there now: none, the one with this version, or whichever. */
      readonly expects: 'absent' | 'anything' | { readonly version: number };
    }
  | {
      readonly kind: 'add';
      readonly key: string;
      readonly attribute: string;
      readonly delta: number;
      /** The write fails unless the item exists, has these values, and the counter stays at or above zero. */
      readonly relyingOn: Readonly<Record<string, string | number>>;
    };

/** Why one write of a transaction did not apply. `stored`: the item whose condition failed, if there is one. */
export type Refusal =
  | { readonly cause: 'condition'; readonly stored: Item | undefined }
  | { readonly cause: 'conflict' };

export type WriteResult =
  | { readonly ok: true }
  /** In the order of the writes; undefined where a write had nothing against it. */
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
  /** All or none, at most `MAX_TRANSACTION_ITEMS`, each on another item. @throws StoreUnavailableError */
  write(writes: readonly Write[]): Promise<WriteResult>;
  /** Eventually consistent. @throws StoreUnavailableError */
  query(query: IndexQuery): Promise<Page>;
}

/** The table did not answer, or told us to slow down: nothing is known of a write, and asking again is right. */
export class StoreUnavailableError extends Error {
  override readonly name = 'StoreUnavailableError';
}
