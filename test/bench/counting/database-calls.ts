import { itemBytes, type Value, writeUnits } from './capacity-units.ts';

/** What one DynamoDB call was, and what it cost. */
export interface DatabaseCall {
  readonly operation: string;
  readonly items: number;
  readonly readUnits: number;
  readonly writeUnits: number;
}

type Json = Readonly<Record<string, unknown>>;

const reads = new Set(['GetItem', 'BatchGetItem', 'TransactGetItems', 'Query', 'Scan']);
const writes = new Set(['PutItem', 'UpdateItem', 'DeleteItem', 'BatchWriteItem', 'TransactWriteItems']);

/** The others, such as CreateTable, consume nothing. */
export const isMetered = (operation: string): boolean => reads.has(operation) || writes.has(operation);

/**
 * Units as the answer reports them. A refused write reports none although it is charged: it counts by the rules, with
 * the size of what it wanted to put, and the smallest for an update.
 */
export function databaseCall(operation: string, request: Json, status: number, answer: Json): DatabaseCall {
  const isRead = reads.has(operation);
  const units = status === 200 ? reportedUnits(answer) : isRead ? 0 : refusedUnits(operation, request);
  return {
    operation,
    items: itemsIn(operation, request, answer),
    readUnits: isRead ? units : 0,
    writeUnits: isRead ? 0 : units,
  };
}

/** https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_ConsumedCapacity.html */
function reportedUnits({ ConsumedCapacity: consumed }: Json): number {
  const all = (Array.isArray(consumed) ? consumed : [consumed]) as readonly (
    | { CapacityUnits?: number }
    | undefined
  )[];
  return all.reduce((sum, each) => {
    if (each?.CapacityUnits === undefined)
      throw new Error('the database does not report what a call consumed');
    return sum + each.CapacityUnits;
  }, 0);
}

interface Put {
  readonly Put?: { readonly Item: Readonly<Record<string, Value>> };
}

function refusedUnits(operation: string, request: Json): number {
  if (operation === 'TransactWriteItems') {
    const writes = request.TransactItems as readonly Put[];
    return writes.reduce((sum, { Put: put }) => sum + writeUnits(put ? itemBytes(put.Item) : 0, true), 0);
  }
  const item = request.Item as Readonly<Record<string, Value>> | undefined;
  return writeUnits(item === undefined ? 0 : itemBytes(item), false);
}

function itemsIn(operation: string, request: Json, answer: Json): number {
  switch (operation) {
    case 'TransactWriteItems':
      return (request.TransactItems as readonly unknown[]).length;
    case 'BatchGetItem':
      return Object.values(request.RequestItems as Record<string, { Keys: readonly unknown[] }>).reduce(
        (sum, { Keys }) => sum + Keys.length,
        0,
      );
    case 'Query':
    case 'Scan':
      return Number(answer.Count ?? 0);
    default:
      return 1;
  }
}
