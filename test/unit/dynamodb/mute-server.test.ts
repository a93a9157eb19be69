import { type AddressInfo, createServer, type Server } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { StoreUnavailableError } from '../../../engine/batch/store.ts';
import { DynamoStore } from '../../../engine/dynamodb/dynamo-store.ts';
import { dynamoDbClient } from '../../../engine/dynamodb/dynamodb-client.ts';

/** Goal: a database that accepts connections and says nothing costs a caller five seconds at most. */
let mute: Server;
let store: DynamoStore;

beforeAll(async () => {
  mute = createServer(() => {});
  await new Promise<void>((resolve) => mute.listen(0, '127.0.0.1', resolve));
  const endpoint = `http://127.0.0.1:${(mute.address() as AddressInfo).port}`;
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  store = new DynamoStore(dynamoDbClient({ endpoint, region: 'eu-central-1', credentials }), 'table');
});
afterAll(() => void mute.close());

// Fails where the SDK only warns of a request that takes too long: a function then waits until it is killed.
test.concurrent.each([
  ['read', () => store.read(['a'])],
  ['write', () => store.write([{ kind: 'put', item: { pk: 'a' }, expects: 'absent' }])],
  ['query', () => store.query({ index: 'due', partition: ['dueShard', 'due-0'], limit: 1 })],
  ['scan', () => store.scan(1)],
])('a %s ends within five seconds, as an outage', async (_, call) => {
  const beganMs = performance.now();
  await expect(call()).rejects.toBeInstanceOf(StoreUnavailableError);
  expect(performance.now() - beganMs).toBeLessThan(5_000);
});
