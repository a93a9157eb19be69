import {
  CreateTableCommand,
  DescribeTableCommand,
  DynamoDBClient,
  ResourceInUseException,
  UpdateTableCommand,
  waitUntilTableExists,
} from '@aws-sdk/client-dynamodb';
import { readTables, type TableDefinition } from './template.ts';

const tableReadySeconds = 30;

/** Creates the saga's tables and indexes that do not exist yet. Returns the names of all tables. */
export async function createTables(
  endpoint: string,
  region: string,
  stage = 'local',
): Promise<readonly string[]> {
  const tables = readTables(stage);
  const client = new DynamoDBClient({
    endpoint,
    region,
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
  try {
    await Promise.all(tables.map((table) => createTable(client, table)));
    return tables.map((table) => table.TableName);
  } finally {
    client.destroy();
  }
}

async function createTable(client: DynamoDBClient, table: TableDefinition): Promise<void> {
  try {
    await client.send(new CreateTableCommand({ ...table, BillingMode: 'PAY_PER_REQUEST' }));
  } catch (error) {
    if (!(error instanceof ResourceInUseException)) throw error;
    await addMissingIndexes(client, table);
  }
  const wait = { client, maxWaitTime: tableReadySeconds, minDelay: 0.1, maxDelay: 1 };
  await waitUntilTableExists(wait, { TableName: table.TableName });
}

/** A table of an older version has fewer. What it holds is in the new ones, too. */
async function addMissingIndexes(
  client: DynamoDBClient,
  { TableName, AttributeDefinitions, GlobalSecondaryIndexes = [] }: TableDefinition,
): Promise<void> {
  const { Table } = await client.send(new DescribeTableCommand({ TableName }));
  const known = new Set((Table?.GlobalSecondaryIndexes ?? []).map(({ IndexName }) => IndexName));
  // DynamoDB takes one at a time.
  for (const index of GlobalSecondaryIndexes.filter(({ IndexName }) => !known.has(IndexName))) {
    const added = { Create: index };
    const change = { TableName, AttributeDefinitions, GlobalSecondaryIndexUpdates: [added] };
    await client.send(new UpdateTableCommand(change));
  }
}
