import {
  type AttributeValue,
  BatchGetItemCommand,
  ConditionalCheckFailedException,
  DeleteItemCommand,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  ScanCommand,
  TransactionCanceledException,
  TransactionConflictException,
  type TransactWriteItem,
  TransactWriteItemsCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import {
  type IndexQuery,
  type Item,
  type Page,
  type Refusal,
  type Store,
  StoreUnavailableError,
  type TableReader,
  type Write,
  type WriteResult,
} from '../batch/store.ts';

type Attributes = Record<string, AttributeValue>;

/** https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchGetItem.html */
const MAX_BATCH_GET = 100;
const MAX_BATCH_GET_ROUNDS = 5;

const pack = (item: object): Attributes => marshall(item, { removeUndefinedValues: true });
const unpack = (attributes: Attributes): Item => {
  const { pk, ...rest } = unmarshall(attributes);
  return { ...rest, pk: String(pk) };
};
const key = (pk: string): Attributes => ({ pk: { S: pk } });

/** One service's table in DynamoDB. */
export class DynamoStore implements Store, TableReader {
  readonly #client: DynamoDBClient;
  readonly #table: string;

  constructor(client: DynamoDBClient, table: string) {
    this.#client = client;
    this.#table = table;
  }

  async read(wanted: readonly string[]): Promise<ReadonlyMap<string, Item>> {
    // DynamoDB refuses a request that has a key twice, and a page of an index may.
    const keys = [...new Set(wanted)];
    const [only, ...others] = keys;
    if (only === undefined) return new Map();
    if (others.length === 0) return byKey(await this.#get(only));
    const chunks = Array.from({ length: Math.ceil(keys.length / MAX_BATCH_GET) }, (_, index) =>
      keys.slice(index * MAX_BATCH_GET, (index + 1) * MAX_BATCH_GET),
    );
    // Where one has failed, the others are awaited all the same: no call outlives the invocation that made it.
    const read = await Promise.allSettled(chunks.map((chunk) => this.#batchGet(chunk)));
    return byKey(
      read.flatMap((each) => {
        if (each.status === 'rejected') throw each.reason;
        return each.value;
      }),
    );
  }

  async #get(pk: string): Promise<readonly Item[]> {
    const { Item: item } = await this.#answered(() =>
      this.#client.send(new GetItemCommand({ TableName: this.#table, Key: key(pk), ConsistentRead: true })),
    );
    return item === undefined ? [] : [unpack(item)];
  }

  async #batchGet(keys: readonly string[]): Promise<readonly Item[]> {
    const items: Item[] = [];
    let open: Attributes[] = keys.map(key);
    for (let round = 1; open.length > 0; round += 1) {
      if (round > MAX_BATCH_GET_ROUNDS) throw new StoreUnavailableError(`${this.#table} is throttled`);
      const answer = await this.#answered(() =>
        this.#client.send(
          new BatchGetItemCommand({ RequestItems: { [this.#table]: { Keys: open, ConsistentRead: true } } }),
        ),
      );
      items.push(...(answer.Responses?.[this.#table] ?? []).map(unpack));
      open = answer.UnprocessedKeys?.[this.#table]?.Keys ?? [];
    }
    return items;
  }

  async write(writes: readonly Write[]): Promise<WriteResult> {
    const [only, ...others] = writes;
    if (only !== undefined && others.length === 0) return await this.#writeOne(only);
    return await this.#transact(writes);
  }

  /** A single write costs half as much as one in a transaction. */
  async #writeOne(write: Write): Promise<WriteResult> {
    try {
      await this.#answered(() => this.#send(write));
      return { ok: true };
    } catch (error) {
      if (error instanceof TransactionConflictException)
        return { ok: false, refusals: [{ cause: 'conflict' }] };
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
      const stored = error.Item === undefined ? undefined : unpack(error.Item);
      return { ok: false, refusals: [{ cause: 'condition', stored }] };
    }
  }

  #send(write: Write): Promise<unknown> {
    switch (write.kind) {
      case 'put':
        return this.#client.send(new PutItemCommand(this.#putRequest(write)));
      case 'add':
        return this.#client.send(new UpdateItemCommand(this.#addRequest(write)));
      case 'delete':
        return this.#client.send(new DeleteItemCommand(this.#deleteRequest(write)));
      default:
        return write satisfies never;
    }
  }

  async #transact(writes: readonly Write[]): Promise<WriteResult> {
    const items = writes.map((write): TransactWriteItem => {
      if (write.kind === 'put') return { Put: this.#putRequest(write) };
      return write.kind === 'add'
        ? { Update: this.#addRequest(write) }
        : { Delete: this.#deleteRequest(write) };
    });
    try {
      await this.#answered(() => this.#client.send(new TransactWriteItemsCommand({ TransactItems: items })));
      return { ok: true };
    } catch (error) {
      if (!(error instanceof TransactionCanceledException) || isRejectedRequest(error)) throw error;
      return { ok: false, refusals: refusalsOf(error) };
    }
  }

  #putRequest({ item, expects }: Extract<Write, { kind: 'put' }>) {
    const base = { TableName: this.#table, Item: pack(item) };
    if (expects === 'anything') return base;
    return {
      ...base,
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD' as const,
      ...(expects === 'absent' ? { ConditionExpression: 'attribute_not_exists(pk)' } : conditionOn(expects)),
    };
  }

  #addRequest({ key: pk, deltas, relyingOn, atMost, sets = {} }: Extract<Write, { kind: 'add' }>) {
    const names: Record<string, string> = {};
    const values: Record<string, string | number> = {};
    const conditions = atMost === undefined ? ['attribute_exists(pk)'] : [];
    const additions = Object.entries(deltas).map(([attribute, delta], index) => {
      names[`#counter${index}`] = attribute;
      values[`:delta${index}`] = delta;
      const most = atMost?.[attribute];
      if (most !== undefined && Number.isFinite(most) && delta >= 0) {
        const isLow = `#counter${index} <= :most${index}`;
        // More at once than there may ever be is refused where there is no counter yet, too.
        conditions.push(most < delta ? isLow : `(attribute_not_exists(#counter${index}) OR ${isLow})`);
        values[`:most${index}`] = most - delta;
      } else if (most === undefined && delta < 0) {
        conditions.push(`#counter${index} >= :taken${index}`);
        values[`:taken${index}`] = -delta;
      }
      return `#counter${index} :delta${index}`;
    });
    const replaced = Object.entries(sets).map(([attribute, value], index) => {
      names[`#set${index}`] = attribute;
      values[`:set${index}`] = value;
      return `#set${index} = :set${index}`;
    });
    Object.entries(relyingOn).forEach(([name, value], index) => {
      names[`#relied${index}`] = name;
      values[`:relied${index}`] = value;
      conditions.push(`#relied${index} = :relied${index}`);
    });
    return {
      TableName: this.#table,
      Key: key(pk),
      UpdateExpression: [
        ...(additions.length > 0 ? [`ADD ${additions.join(', ')}`] : []),
        ...(replaced.length > 0 ? [`SET ${replaced.join(', ')}`] : []),
      ].join(' '),
      ...(conditions.length > 0 ? { ConditionExpression: conditions.join(' AND ') } : {}),
      ExpressionAttributeNames: names,
      ExpressionAttributeValues: pack(values),
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD' as const,
    };
  }

  #deleteRequest({ key: pk, relyingOn }: Extract<Write, { kind: 'delete' }>) {
    const base = { TableName: this.#table, Key: key(pk) };
    if (relyingOn === undefined) return base;
    return {
      ...base,
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD' as const,
      ...conditionOn(relyingOn),
    };
  }

  async query(query: IndexQuery): Promise<Page> {
    const { index, partition, range, newestFirst = false, limit, after } = query;
    const names = { '#partition': partition[0], ...(range && { '#range': range[0] }) };
    const values = { ':partition': partition[1], ...(range && { ':range': range[1] }) };
    const answer = await this.#answered(() =>
      this.#client.send(
        new QueryCommand({
          TableName: this.#table,
          IndexName: index,
          KeyConditionExpression: `#partition = :partition${range ? ' AND #range <= :range' : ''}`,
          ExpressionAttributeNames: names,
          ExpressionAttributeValues: pack(values),
          ScanIndexForward: !newestFirst,
          Limit: limit,
          ...(after === undefined ? {} : { ExclusiveStartKey: pack(after) }),
        }),
      ),
    );
    return pageOf(answer);
  }

  async scan(limit: number, after?: Pick<Item, 'pk'>): Promise<Page> {
    const from = after === undefined ? {} : { ExclusiveStartKey: key(after.pk) };
    const request = { TableName: this.#table, Limit: limit, ...from };
    return pageOf(await this.#answered(() => this.#client.send(new ScanCommand(request))));
  }

  /** Any other error says nothing about the table's state, and becomes a StoreUnavailableError. */
  async #answered<T>(call: () => Promise<T>): Promise<T> {
    try {
      return await call();
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) throw error;
      if (error instanceof TransactionConflictException) throw error;
      if (error instanceof TransactionCanceledException && refusalsOf(error).some(Boolean)) throw error;
      if (isRejectedRequest(error)) throw error;
      throw new StoreUnavailableError(
        `${this.#table}: ${error instanceof Error ? error.message : String(error)}`,
        {
          cause: error,
        },
      );
    }
  }
}

function conditionOn(values: Readonly<Record<string, string | number>>) {
  const names = Object.keys(values);
  return {
    ConditionExpression: names.map((name) => `#${name} = :${name}`).join(' AND '),
    ExpressionAttributeNames: Object.fromEntries(names.map((name) => [`#${name}`, name])),
    ExpressionAttributeValues: pack(Object.fromEntries(names.map((name) => [`:${name}`, values[name]]))),
  };
}

const pageOf = ({ Items: items = [], LastEvaluatedKey: last }: Scanned): Page => ({
  entries: items.map(unpack),
  ...(last === undefined ? {} : { next: unpack(last) }),
});

interface Scanned {
  readonly Items?: Attributes[] | undefined;
  readonly LastEvaluatedKey?: Attributes | undefined;
}

function byKey(items: readonly Item[]): ReadonlyMap<string, Item> {
  return new Map(items.map((item) => [item.pk, item]));
}

/** https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_CancellationReason.html */
function refusalsOf({ CancellationReasons }: TransactionCanceledException): readonly (Refusal | undefined)[] {
  return (CancellationReasons ?? []).map(({ Code, Item: item }) => {
    if (Code === 'ConditionalCheckFailed') {
      return { cause: 'condition', stored: item === undefined ? undefined : unpack(item) };
    }
    return Code === 'TransactionConflict' ? { cause: 'conflict' } : undefined;
  });
}

/** https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.Errors.html */
const rejections = new Set(['ValidationException', 'SerializationException']);

/** DynamoDB will always refuse this request, for instance for an item over 400 KB or a text that is not Unicode. */
const isRejectedRequest = (error: unknown): boolean =>
  error instanceof TransactionCanceledException
    ? (error.CancellationReasons ?? []).some(({ Code }) => Code === 'ValidationError')
    : error instanceof Error && rejections.has(error.name);
