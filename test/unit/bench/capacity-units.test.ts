import { describe, expect, test } from 'vitest';
import { itemBytes, writeUnits } from '../../bench/counting/capacity-units.ts';
import { databaseCall, isMetered } from '../../bench/counting/database-calls.ts';

const text = (bytes: number) => ({ S: 'x'.repeat(bytes) });

describe('write units by the documented rules', () => {
  test.each([
    [0, false, 1],
    [1, false, 1],
    [1_024, false, 1],
    [1_025, false, 2],
    [1_024, true, 2],
    [1_025, true, 4],
  ])('%i bytes, in a transaction: %s, are %i', (bytes, isTransaction, units) => {
    expect(writeUnits(bytes, isTransaction)).toBe(units);
  });
});

describe('an item is as large as its names and values', () => {
  test.each([
    [{ pk: text(10) }, 12],
    [{ pk: { S: 'ä' } }, 4],
    [{ n: { N: '1' } }, 1 + 2],
    [{ n: { N: '12345' } }, 1 + 4],
    [{ n: { N: '-12345' } }, 1 + 5],
    [{ n: { N: '1000000' } }, 1 + 2],
    [{ n: { N: '0' } }, 1 + 1],
    [{ b: { BOOL: true } }, 1 + 1],
    [{ l: { L: [text(4), text(5)] } }, 1 + 3 + 2 + 9],
    [{ m: { M: { ab: text(4) } } }, 1 + 3 + 1 + 2 + 4],
  ])('%j has %i bytes', (item, bytes) => {
    expect(itemBytes(item)).toBe(bytes);
  });
});

describe('a call to the database', () => {
  test('counts the units that its answer reports, whether for one table or for several', () => {
    const one = { ConsumedCapacity: { TableName: 't', CapacityUnits: 3 } };
    expect(databaseCall('PutItem', { Item: {} }, 200, one)).toEqual({
      operation: 'PutItem',
      items: 1,
      readUnits: 0,
      writeUnits: 3,
    });
    const several = { ConsumedCapacity: [{ CapacityUnits: 4 }, { CapacityUnits: 0.5 }] };
    expect(databaseCall('TransactWriteItems', { TransactItems: [{}, {}] }, 200, several)).toMatchObject({
      items: 2,
      writeUnits: 4.5,
    });
    const keys = { RequestItems: { one: { Keys: [1, 2] }, other: { Keys: [3] } } };
    expect(databaseCall('BatchGetItem', keys, 200, several)).toMatchObject({
      items: 3,
      readUnits: 4.5,
      writeUnits: 0,
    });
    expect(databaseCall('Query', {}, 200, { Count: 7, ...one })).toMatchObject({ items: 7, readUnits: 3 });
  });

  test('that was refused is charged by the size of what it would have put', () => {
    expect(databaseCall('PutItem', { Item: { pk: text(2_000) } }, 400, {})).toMatchObject({ writeUnits: 2 });
    expect(databaseCall('UpdateItem', { Key: {} }, 400, {})).toMatchObject({ writeUnits: 1 });
    const TransactItems = [{ Put: { Item: { pk: text(2_000) } } }, { Update: {} }];
    expect(databaseCall('TransactWriteItems', { TransactItems }, 400, {})).toMatchObject({
      items: 2,
      writeUnits: 6,
    });
    expect(databaseCall('GetItem', {}, 400, {})).toMatchObject({ readUnits: 0, writeUnits: 0 });
  });

  test('whose answer reports nothing is an error, not free', () => {
    expect(() => databaseCall('PutItem', { Item: {} }, 200, {})).toThrow(/does not report/);
  });

  test('is metered if it touches items', () => {
    expect(['PutItem', 'Scan', 'TransactWriteItems'].every(isMetered)).toBe(true);
    expect(['CreateTable', 'DescribeTable', ''].some(isMetered)).toBe(false);
  });
});
