import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { expect, test } from 'vitest';
import { DynamoStore } from '../../functions/runtime/dynamo-store.ts';
import { StoreUnavailableError, type Write } from '../../functions/runtime/store.ts';

function storeThatAnswers(error: Error): DynamoStore {
  const client = new DynamoDBClient({ region: 'eu-central-1' });
  client.send = () => Promise.reject(error);
  return new DynamoStore(client, 'table');
}

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
