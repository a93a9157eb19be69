import {
  type CancellationReason,
  DynamoDBClient,
  TransactionCanceledException,
  TransactionConflictException,
} from '@aws-sdk/client-dynamodb';
import { expect, test } from 'vitest';
import { StoreUnavailableError, type Write } from '../../../engine/batch/store.ts';
import { DynamoStore } from '../../../engine/dynamodb/dynamo-store.ts';

function storeThatAnswers(error: Error): DynamoStore {
  const client = new DynamoDBClient({ region: 'eu-central-1' });
  client.send = () => Promise.reject(error);
  return new DynamoStore(client, 'table');
}

const metadata = { $metadata: {}, message: 'no' };
const canceled = (...reasons: readonly CancellationReason[]) =>
  new TransactionCanceledException({ ...metadata, CancellationReasons: [...reasons] });

// Fails where a write that somebody else's transaction kept out counts as done, or as an outage of the whole table.
test('what somebody else was writing at the same time is refused by itself, and what was expected of others is told', async () => {
  const alone = storeThatAnswers(new TransactionConflictException(metadata));
  expect(await alone.write([put('a')])).toEqual({ ok: false, refusals: [{ cause: 'conflict' }] });
  const among = storeThatAnswers(canceled({ Code: 'None' }, { Code: 'TransactionConflict' }));
  expect(await among.write([put('a'), put('b')])).toEqual({
    ok: false,
    refusals: [undefined, { cause: 'conflict' }],
  });
  const stored = { pk: { S: 'a' }, version: { N: '7' } };
  const both = storeThatAnswers(
    canceled({ Code: 'ConditionalCheckFailed', Item: stored }, { Code: 'TransactionConflict' }),
  );
  expect(await both.write([put('a'), put('b')])).toEqual({
    ok: false,
    refusals: [{ cause: 'condition', stored: { pk: 'a', version: 7 } }, { cause: 'conflict' }],
  });
});

const named = (name: string) => Object.assign(new Error('no'), { name });
const put = (pk: string): Write => ({ kind: 'put', item: { pk }, expects: 'absent' });

// Fails where it is taken for an outage: everything in the same transaction is put off with it, for ever.
test.each(['ValidationException', 'SerializationException'])('%s is refused for ever', async (name) => {
  const error = named(name);
  await expect(storeThatAnswers(error).write([put('a')])).rejects.toBe(error);
  await expect(storeThatAnswers(error).write([put('a'), put('b')])).rejects.toBe(error);
});

test.each(['ThrottlingException', 'InternalServerError', 'TimeoutError'])('%s is an outage', async (name) => {
  await expect(storeThatAnswers(named(name)).write([put('a')])).rejects.toThrow(StoreUnavailableError);
});
