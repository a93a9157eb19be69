import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DeleteTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { DynamoStore } from '../../engine/dynamodb/dynamo-store.ts';
import { tableVariableOf } from '../../engine/environment/environment.ts';
import { shop } from '../../functions/shop.ts';
import { findDatabase } from '../../infra/local/dynamodb/database.ts';
import { createTables } from '../../infra/local/dynamodb/tables.ts';
import { freePorts } from '../../infra/local/ports.ts';
import type { Part } from '../../infra/local/processes/part.ts';
import { olga, ShopInMemory } from '../support/shop-in-memory.ts';
import { said } from '../unit/op/said.ts';

/**
 * Goal: where a table is missing, one call says so, and what the other services have. Method: the functions as they are
 * delivered, on a real database from which tables are deleted. Orders are placed in memory, and their items put there.
 */
const services = ['order', 'inventory', 'payment'] as const;
const tableOf = (service: string) => `order-saga-local-${service}`;
let dataDir: string;
let database: Part;
let client: DynamoDBClient;
let orderId: string;

beforeAll(async () => {
  vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  dataDir = mkdtempSync(join(tmpdir(), 'order-saga-missing-table-'));
  const { part, endpoint } = await findDatabase({ environment: {}, dataDir, ports: await freePorts() });
  database = part;
  await database.start();
  const region = 'eu-central-1';
  await createTables(endpoint, region);
  const settings = {
    AWS_REGION: region,
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
    AWS_ENDPOINT_URL_DYNAMODB: endpoint,
    SAGA_DEADLINE_SECONDS: '900',
    ...Object.fromEntries(shop.services.map((service) => [tableVariableOf(service), tableOf(service)])),
  };
  for (const [name, value] of Object.entries(settings)) vi.stubEnv(name, value);
  client = new DynamoDBClient();
  orderId = await unpaid();
});
afterAll(async () => {
  client?.destroy();
  await database?.stop();
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
  rmSync(dataDir, { recursive: true, force: true });
});

/** An order of now that payment has yet to hear of. */
async function unpaid(): Promise<string> {
  const here = new ShopInMemory();
  here.nowMs = Date.now();
  here.deaf.add('payment');
  const placed = await here.place();
  for (const service of services) {
    const store = new DynamoStore(client, tableOf(service));
    for (const item of here.stores[service].items.values())
      expect(await store.write([{ kind: 'put', item, expects: 'anything' }])).toEqual({ ok: true });
  }
  return placed;
}

/** What the API answers staff, and what they read of it in a terminal. */
async function asked() {
  const { handler } = await import('../../functions/insight/timeline.ts');
  const { handler: sagas } = await import('../../functions/insight/sagas.ts');
  const here = new ShopInMemory();
  const timeline = await here.call(handler, olga, { path: { orderId } });
  const list = await here.call(sagas, olga, { resource: '/sagas' });
  const { text, complaints } = await said(['show', orderId], { answers: [timeline], columns: 200 });
  return { timeline, list, told: text + complaints.join('\n') };
}

const REASON = 'its table cannot be read: ResourceNotFoundException';

test('that of payment: it is said, with what order and inventory have', async () => {
  const before = await asked();
  expect(before.told).toMatch(/^stands at +payment has yet to hear stock.reserved$/m);

  await client.send(new DeleteTableCommand({ TableName: tableOf('payment') }));
  const { timeline, list, told } = await asked();
  expect(timeline.status).toBe(200);
  expect(timeline.body.participants).toMatchObject([
    { service: 'order', status: 'PENDING' },
    { service: 'inventory', status: 'RESERVED' },
    { service: 'payment', lastError: REASON },
  ]);
  expect(told).toMatch(new RegExp(`^payment +unknown +${REASON}$`, 'm'));
  expect(list.body.items).toMatchObject([{ orderId, troubles: [{ service: 'payment', lastError: REASON }] }]);
});

test('that of the orders: it is said, and nothing else is known', async () => {
  await client.send(new DeleteTableCommand({ TableName: tableOf('order') }));
  const { timeline, told } = await asked();
  expect(timeline.status).toBe(503);
  expect(told).toContain(REASON);
});
