import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { expect, test } from 'vitest';
import { DynamoStore } from '../../engine/dynamodb/dynamo-store.ts';
import { ENDED, endedShards } from '../../engine/saga/initiator-table.ts';
import { findDatabase } from '../../infra/local/dynamodb/database.ts';
import { createTables } from '../../infra/local/dynamodb/tables.ts';
import { readTables } from '../../infra/local/dynamodb/template.ts';
import { freePorts } from '../../infra/local/ports.ts';

/** Goal: a laptop's tables of an older version go on. Fails where a table that is there is taken for one that has every index. */
test('a table that is there gets the indexes that it has not, with what it holds', async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'order-saga-contract-'));
  const { part, endpoint } = await findDatabase({ environment: {}, dataDir, ports: await freePorts() });
  await part.start();
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  const client = new DynamoDBClient({ endpoint, region: 'eu-central-1', credentials });
  try {
    const [orders] = readTables('local').filter(({ TableName }) => TableName.endsWith('-order'));
    const { GlobalSecondaryIndexes: _, ...table } = orders ?? expect.fail('no table of orders');
    const [key] = table.AttributeDefinitions.filter(({ AttributeName }) => AttributeName === 'pk');
    const older = { ...table, AttributeDefinitions: [key ?? expect.fail('no key')] };
    await client.send(new CreateTableCommand({ ...older, BillingMode: 'PAY_PER_REQUEST' }));
    const store = new DynamoStore(client, table.TableName);
    const [shard = ''] = endedShards('2026-11-30', 'CONFIRMED');
    const item = { pk: 'ord_1', ended: shard, endedMs: 1 };
    await store.write([{ kind: 'put', item, expects: 'absent' }]);

    await createTables(endpoint, 'eu-central-1');
    await createTables(endpoint, 'eu-central-1');
    const query = { index: ENDED, partition: ['ended', shard], limit: 1 } as const;
    expect((await store.query(query)).entries).toMatchObject([item]);
  } finally {
    client.destroy();
    await part.stop();
    rmSync(dataDir, { recursive: true, force: true });
  }
});
