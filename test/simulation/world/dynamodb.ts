import {
  type AttributeValue,
  type BatchGetItemCommandInput,
  type BatchGetItemCommandOutput,
  type CancellationReason,
  ConditionalCheckFailedException,
  type Delete,
  type DeleteItemCommandInput,
  DynamoDBServiceException,
  type GetItemCommandInput,
  type GetItemCommandOutput,
  type Put,
  type PutItemCommandInput,
  type QueryCommandInput,
  type QueryCommandOutput,
  type ScanCommandInput,
  TransactionCanceledException,
  TransactionConflictException,
  type TransactWriteItemsCommandInput,
  type Update,
  type UpdateItemCommandInput,
} from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import type { IndexQuery, Item, Page, Write } from '../../../engine/batch/store.ts';
import { remembered } from '../remembered.ts';
import { isTransaction, keyOf, type Table } from './table.ts';

/** A command of the SDK. */
export interface Command {
  readonly constructor: { readonly name: string };
  readonly input: object;
}

/** What the store asks: no more of DynamoDB is known than that. */
export type Asked =
  | { readonly kind: 'get'; readonly key: string }
  | { readonly kind: 'batch get'; readonly name: string; readonly keys: readonly string[] }
  | { readonly kind: 'query'; readonly query: IndexQuery }
  | { readonly kind: 'scan'; readonly limit: number; readonly after: Item | undefined }
  | { readonly kind: 'write'; readonly writes: readonly Conditional[] };

/** @throws Error if the store never asks that */
export function askedBy({ constructor: { name }, input }: Command): Asked {
  switch (name) {
    case 'GetItemCommand':
      return { kind: 'get', key: keyIn((input as GetItemCommandInput).Key) };
    case 'BatchGetItemCommand': {
      const [only] = Object.entries((input as BatchGetItemCommandInput).RequestItems ?? {});
      if (only === undefined) throw new Error('nothing is asked for');
      const [table, { Keys: keys = [] }] = only;
      return { kind: 'batch get', name: table, keys: keys.map(keyIn) };
    }
    case 'QueryCommand':
      return { kind: 'query', query: queryIn(input as QueryCommandInput) };
    case 'ScanCommand': {
      const { Limit: limit = 100, ExclusiveStartKey: after } = input as ScanCommandInput;
      return { kind: 'scan', limit, after: after && unpack(after) };
    }
    case 'PutItemCommand':
      return { kind: 'write', writes: [putIn(input as PutItemCommandInput)] };
    case 'UpdateItemCommand':
      return { kind: 'write', writes: [updateIn(input as UpdateItemCommandInput)] };
    case 'DeleteItemCommand':
      return { kind: 'write', writes: [deleteIn(input as DeleteItemCommandInput)] };
    case 'TransactWriteItemsCommand': {
      const { TransactItems: items = [] } = input as TransactWriteItemsCommandInput;
      return {
        kind: 'write',
        writes: items.map(({ Put: put, Update: update, Delete: gone }) => {
          if (put !== undefined) return putIn(put);
          return gone === undefined ? updateIn(update) : deleteIn(gone);
        }),
      };
    }
    default:
      throw new Error(`the simulation knows no ${name}`);
  }
}

/** As DynamoDB answers when nothing is wrong with it. */
export function answerOf(table: Table, asked: Asked): object {
  switch (asked.kind) {
    case 'get':
      return get(table, asked.key);
    case 'batch get':
      return batchGet(table, asked);
    case 'query':
      return pageOf(table.query(asked.query));
    case 'scan':
      return pageOf(table.scan(asked.limit, asked.after));
    case 'write':
      return write(table, asked.writes);
    default:
      return asked satisfies never;
  }
}

type Attributes = Record<string, AttributeValue>;

/** One write as it was asked for: what it does, and on which condition. */
export interface Conditional {
  readonly write: Write;
  readonly condition: Condition;
  /** Whether it wants to be told what is stored, if the condition fails. */
  readonly isToldOfStored: boolean;
}
type Condition = (stored: Item | undefined) => boolean;

/** https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ServiceQuotas.html */
const MAX_ITEM_BYTES = 400 * 1024;
const MAX_TRANSACTION_BYTES = 4 * 1024 * 1024;

const metadata = { $metadata: {} };

/** An error as the SDK throws it, for instance a ValidationException. */
export function failure(name: string, message = name): never {
  throw new DynamoDBServiceException({ name, message, $fault: 'client', ...metadata });
}

/** What each of the writes is refused for, in order; all of a transaction fail together. */
export function cancelled(writes: readonly unknown[], reasons: readonly CancellationReason[]): never {
  const [only] = reasons;
  if (writes.length > 1)
    throw new TransactionCanceledException({
      message: 'Transaction cancelled',
      CancellationReasons: [...reasons],
      ...metadata,
    });
  if (only?.Code === 'TransactionConflict')
    throw new TransactionConflictException({ message: 'conflict', ...metadata });
  if (only?.Code === 'ConditionalCheckFailed')
    throw new ConditionalCheckFailedException({
      message: 'The conditional request failed',
      ...(only.Item === undefined ? {} : { Item: only.Item }),
      ...metadata,
    });
  return failure('ValidationException');
}

/** Reads some keys. `limit`: DynamoDB may answer only so many of them, and name the others. */
export function batchGet(
  table: Table,
  { name, keys }: { readonly name: string; readonly keys: readonly string[] },
  limit = keys.length,
): BatchGetItemCommandOutput {
  if (keys.length > 100 || new Set(keys).size < keys.length)
    return failure('ValidationException', 'Provided list of item keys contains duplicates');
  const items = [...table.read(keys.slice(0, limit)).values()].map(pack);
  const left = keys.slice(limit).map((pk) => ({ pk: { S: pk } }));
  return {
    Responses: { [name]: items },
    UnprocessedKeys: left.length === 0 ? {} : { [name]: { Keys: left } },
    ...metadata,
  };
}

function get(table: Table, pk: string): GetItemCommandOutput {
  const item = table.items.get(pk);
  return { ...(item === undefined ? {} : { Item: pack(item) }), ...metadata };
}

export const pageOf = ({ entries, next }: Page): QueryCommandOutput => ({
  Items: entries.map(pack),
  ...(next === undefined ? {} : { LastEvaluatedKey: pack(next) }),
  ...metadata,
});

/** Writes all, or throws and writes none. @throws ConditionalCheckFailedException, TransactionCanceledException */
export function write(table: Table, asked: readonly Conditional[], maxBytes = MAX_TRANSACTION_BYTES): object {
  const writes = asked.map((each) => each.write);
  if (!isTransaction(writes)) return failure('ValidationException', 'not a transaction');
  const sizes = writes.map((each) => (each.kind === 'put' ? sizeOf(each.item) : 0));
  if (sizes.some((bytes) => bytes > MAX_ITEM_BYTES) || sizes.reduce((sum, bytes) => sum + bytes) > maxBytes)
    failure('ValidationException', 'Item or transaction is too large');
  const reasons = asked.map(({ write: each, condition, isToldOfStored }): CancellationReason => {
    const stored = table.items.get(keyOf(each));
    if (condition(stored)) return { Code: 'None' };
    const told = isToldOfStored && stored !== undefined ? { Item: pack(stored) } : {};
    return { Code: 'ConditionalCheckFailed', ...told };
  });
  if (reasons.some(({ Code }) => Code !== 'None')) cancelled(writes, reasons);
  for (const each of writes) table.apply(each);
  return metadata;
}

/** https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html */
const sizeOf = (item: Item): number =>
  Object.entries(item).reduce(
    (sum, [name, value]) => sum + name.length + Buffer.byteLength(JSON.stringify(value) ?? ''),
    0,
  );

const keyIn = (key: Attributes | undefined): string => String(key?.pk?.S);

function putIn(put: Partial<Put>): Conditional {
  const item = unpack(put.Item ?? {});
  const { tests, condition } = conditionOf(put, valuesOf(put));
  const isNew = tests.some(({ operator }) => operator === 'attribute_not_exists');
  const values = tests.map(({ name, value }) => [name, value as string | number] as const);
  const expects = tests.length === 0 ? 'anything' : isNew ? 'absent' : Object.fromEntries(values);
  return { write: { kind: 'put', item, expects }, condition, isToldOfStored: isToldOfStored(put) };
}

function updateIn(update: Partial<Update> = {}): Conditional {
  const { ExpressionAttributeNames: names = {}, UpdateExpression: text = '' } = update;
  const values = valuesOf(update);
  const { tests, condition } = conditionOf(update, values);
  const [, added = '', replaced = ''] =
    /^(?:ADD (.+?))?(?:(?:^| )SET (.+))?$/.exec(text) ?? failure('ValidationException', text);
  const numbersIn = (list: string, between: string) =>
    (list === '' ? [] : list.split(', '))
      .map((each) => each.split(between))
      .map(([name = '', value = '']) => [names[name] ?? name, Number(values[value])] as const);
  const deltas = Object.fromEntries(numbersIn(added, ' '));
  const sets = numbersIn(replaced, ' = ');
  if (added === '' && replaced === '') return failure('ValidationException', 'nothing is changed');
  if (sets.some(([name]) => name in deltas)) return failure('ValidationException', 'two paths overlap');
  const testsOf = (wanted: string) => tests.filter(({ operator }) => operator === wanted);
  const relied = testsOf('=').map(({ name, value }) => [name, value]);
  const most = testsOf('<=').map(({ name, value }) => [name, Number(value) + (deltas[name] ?? 0)]);
  // Whoever does not ask for an item to be there has counters that begin with it.
  const isNew = !tests.some(({ operator }) => operator === 'attribute_exists');
  return {
    write: {
      kind: 'add',
      key: String(update.Key?.pk?.S),
      deltas,
      relyingOn: Object.fromEntries(relied),
      ...(isNew ? { atMost: Object.fromEntries(most) } : {}),
      ...(sets.length > 0 ? { sets: Object.fromEntries(sets) } : {}),
    },
    condition,
    isToldOfStored: isToldOfStored(update),
  };
}

function deleteIn(gone: Partial<Delete>): Conditional {
  const { tests, condition } = conditionOf(gone, valuesOf(gone));
  const values = tests.map(({ name, value }) => [name, value as string | number] as const);
  const relyingOn = values.length === 0 ? {} : { relyingOn: Object.fromEntries(values) };
  const write = { kind: 'delete', key: keyIn(gone.Key), ...relyingOn } as const;
  return { write, condition, isToldOfStored: isToldOfStored(gone) };
}

const valuesOf = ({ ExpressionAttributeValues: values }: Partial<Put | Update | Delete>) =>
  values === undefined ? {} : unmarshall(values);

const isToldOfStored = (request: Partial<Put | Update | Delete>): boolean =>
  request.ReturnValuesOnConditionCheckFailure === 'ALL_OLD';

interface Test {
  readonly operator: string;
  /** The attribute's name, or what stands for it. */
  readonly name: string;
  readonly value: unknown;
  /** Whether it holds where there is no such attribute. */
  readonly isAbsentEnough?: true;
}

/** With the name of its value, which stands beside it in the request. */
type Written = Omit<Test, 'value'> & { readonly value: string | undefined };

/**
 * The part of the language in which the store's conditions are: tests of one attribute each, all of which must hold.
 * @throws ValidationException if it is anything else
 */
const testsIn = remembered((text: string): readonly Written[] =>
  text.split(' AND ').map((each): Written => {
    const [, call, attribute] = /^(attribute_(?:not_)?exists)\(([\w#]+)\)$/.exec(each) ?? [];
    if (call !== undefined && attribute !== undefined)
      return { operator: call, name: attribute, value: undefined };
    const [, absent, name, operator, value] =
      /^(?:\(attribute_not_exists\(([\w#]+)\) OR )?([\w#]+) (=|>=|<=) (:\w+)\)?$/.exec(each) ?? [];
    if (name === undefined || operator === undefined || (absent ?? name) !== name)
      return failure('ValidationException', each);
    return { operator, name, value, ...(absent === undefined ? {} : { isAbsentEnough: true }) };
  }),
);

function conditionOf(request: Partial<Put | Update>, values: Readonly<Record<string, unknown>>) {
  const { ConditionExpression: text, ExpressionAttributeNames: names = {} } = request;
  const tests = (text === undefined ? [] : testsIn(text)).map(({ name, value, ...test }): Test => {
    if (value !== undefined && !(value in values)) return failure('ValidationException', value);
    return { ...test, name: names[name] ?? name, value: value && values[value] };
  });
  const condition: Condition = (stored) => tests.every((test) => holds(test, stored));
  return { tests, condition };
}

function holds({ operator, name, value, isAbsentEnough }: Test, stored: Item | undefined): boolean {
  const actual = stored?.[name];
  if (actual === undefined && isAbsentEnough) return true;
  switch (operator) {
    case 'attribute_exists':
      return actual !== undefined;
    case 'attribute_not_exists':
      return actual === undefined;
    case '>=':
      return Number(actual) >= Number(value);
    case '<=':
      return Number(actual) <= Number(value);
    default:
      return actual === value;
  }
}

function queryIn(request: QueryCommandInput): IndexQuery {
  const {
    ExpressionAttributeNames: names = {},
    KeyConditionExpression: text = '',
    Limit: limit = 100,
  } = request;
  const values = unmarshall(request.ExpressionAttributeValues ?? {});
  const [, partition = '', value = '', range, atMost = ''] =
    /^([\w#]+) = (:\w+)(?: AND ([\w#]+) <= (:\w+))?$/.exec(text) ?? failure('ValidationException', text);
  return {
    index: String(request.IndexName),
    partition: [names[partition] ?? partition, String(values[value])],
    ...(range === undefined ? {} : { range: [names[range] ?? range, Number(values[atMost])] as const }),
    newestFirst: request.ScanIndexForward === false,
    limit,
    ...(request.ExclusiveStartKey === undefined ? {} : { after: unpack(request.ExclusiveStartKey) }),
  };
}

/** Items never change, and most are read more than once. */
const pack = remembered((item: Item): Attributes => marshall(item, { removeUndefinedValues: true }));

/** Items in a table never change, so each write brings one of its own. */
function unpack(attributes: Attributes): Item {
  const { pk, ...rest } = unmarshall(attributes);
  return { ...rest, pk: String(pk) };
}
