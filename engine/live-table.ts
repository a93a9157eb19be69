import type { TableEdges } from './batch/edges.ts';
import type { TableReader } from './batch/store.ts';
import { DynamoStore } from './dynamodb/dynamo-store.ts';
import { dynamoDbClient } from './dynamodb/dynamodb-client.ts';
import { atStart, required, tableVariableOf } from './environment/environment.ts';
import type { AnyTable, Keepers } from './privacy/keepers.ts';
import type { Saga } from './saga/saga.ts';

const stores = new Map<string, DynamoStore>();

/**
 * A service's real table, for a function that publishes nothing: its bundle then has no broker client in it. The
 * DynamoDB client is made at the first use and kept for the life of the Lambda environment.
 */
export function liveTable({ service }: { readonly service: string }): TableEdges {
  atStart(() => tableNameOf(service));
  return {
    get store() {
      return storeOf(service);
    },
    now: Date.now,
  };
}

/** A service's real table, for an auditor that only reads it. */
export function liveReader(service: string): TableReader {
  atStart(() => tableNameOf(service));
  return {
    read: (keys) => storeOf(service).read(keys),
    scan: (limit, after) => storeOf(service).scan(limit, after),
  };
}

/** The real tables of all participants, for what forgets sagas. */
export function liveKeepers(saga: Saga, tables: Readonly<Record<string, AnyTable>>): Keepers {
  atStart(() => Object.keys(tables).map(tableNameOf));
  const keepers = Object.entries(tables).map(([service, table]) => ({
    service,
    table,
    get store() {
      return storeOf(service);
    },
  }));
  const initiator = keepers.find(({ service }) => service === saga.initiator);
  if (initiator === undefined) throw new Error(`${saga.initiator} has no table`);
  return { initiator, others: keepers.filter((keeper) => keeper !== initiator) };
}

function storeOf(service: string): DynamoStore {
  const store = stores.get(service) ?? new DynamoStore(dynamoDbClient(), tableNameOf(service));
  stores.set(service, store);
  return store;
}

const tableNameOf = (service: string): string => required(tableVariableOf(service));
