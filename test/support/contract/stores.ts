import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { Store, TableReader } from '../../../engine/batch/store.ts';
import { DynamoStore } from '../../../engine/dynamodb/dynamo-store.ts';
import { type Service, shop } from '../../../functions/shop.ts';
import { findDatabase } from '../../../infra/local/dynamodb/database.ts';
import { createTables } from '../../../infra/local/dynamodb/tables.ts';
import { freePorts } from '../../../infra/local/ports.ts';
import { answerOf, askedBy, type Command } from '../../simulation/world/dynamodb.ts';
import { indexesIn, Table } from '../../simulation/world/table.ts';
import { MemoryStore } from '../memory-store.ts';

/** The tables of one implementation of `Store`. */
export interface Stores {
  of(service: Service): Store & TableReader;
  end(): Promise<void>;
}

async function dynamoStores(): Promise<Stores> {
  const dataDir = mkdtempSync(join(tmpdir(), 'order-saga-contract-'));
  const { part, endpoint } = await findDatabase({ environment: {}, dataDir, ports: await freePorts() });
  await part.start();
  const region = 'eu-central-1';
  await createTables(endpoint, region);
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  const client = new DynamoDBClient({ endpoint, region, credentials });
  return {
    of: (service) => new DynamoStore(client, `order-saga-local-${service}`),
    end: async () => {
      client.destroy();
      await part.stop();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

/** Calls the table as the simulation's edges do, but without a scheduler. */
const storeOver = (table: Table): Store & TableReader => ({
  read: async (keys) => table.read(keys),
  write: async (writes) => table.write(writes),
  query: async (query) => table.query(query),
  scan: async (limit, after) => table.scan(limit, after),
});

/** The real store, in front of the DynamoDB that the simulation has. */
function storeOnSimulation(table: Table): Store & TableReader {
  const client = { send: async (command: Command) => answerOf(table, askedBy(command)) };
  return new DynamoStore(client as unknown as DynamoDBClient, 'simulated');
}

const inMemory = (make: (service: Service) => Store & TableReader) => async (): Promise<Stores> => {
  const made = new Map<Service, Store & TableReader>();
  return {
    of: (service) => {
      const store = made.get(service) ?? make(service);
      made.set(service, store);
      return store;
    },
    end: async () => {},
  };
};

/** Every implementation of `Store`. The first is the real one, and the others must behave like it. */
export const storeKinds: readonly (readonly [name: string, begin: () => Promise<Stores>])[] = [
  ['DynamoStore on an emulator', dynamoStores],
  ['the simulation’s table', inMemory((service) => storeOver(new Table(indexesIn(shop, service))))],
  [
    'DynamoStore on the simulation’s DynamoDB',
    inMemory((service) => storeOnSimulation(new Table(indexesIn(shop, service)))),
  ],
  ['the unit tests’ table', inMemory(() => new MemoryStore())],
];
