import type { TableEdges } from './batch/edges.ts';
import type { Store } from './batch/store.ts';
import { DynamoStore } from './dynamodb/dynamo-store.ts';
import { dynamoDbClient } from './dynamodb/dynamodb-client.ts';
import { required, tableVariableOf } from './environment/environment.ts';

const stores = new Map<string, Store>();

/**
 * A service's real table, for a function that publishes nothing: its bundle then has no broker client in it. The
 * DynamoDB client is made at the first use and kept for the life of the Lambda environment.
 */
export const liveTable = ({ service }: { readonly service: string }): TableEdges => ({
  get store() {
    const store =
      stores.get(service) ?? new DynamoStore(dynamoDbClient(), required(tableVariableOf(service)));
    stores.set(service, store);
    return store;
  },
  now: Date.now,
});
