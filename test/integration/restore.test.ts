import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import {
  BatchWriteItemCommand,
  DynamoDBClient,
  paginateScan,
  type WriteRequest,
} from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { tableVariableOf } from '../../engine/environment/environment.ts';
import type { Service } from '../../functions/shop.ts';
import { region } from '../../infra/local/environment.ts';
import { freePorts } from '../../infra/local/ports.ts';
import { projectDir } from '../../infra/local/project.ts';
import { type System, startSystem } from '../../infra/local/system.ts';
import { type Audit, audit } from '../support/saga/audit.ts';
import { type Client, inParallel } from '../support/saga/client.ts';
import { reconciliationOf } from '../support/saga/reconciliation.ts';
import { ledgerOf } from '../support/saga/sandbox.ts';
import { until } from '../support/saga/until.ts';
import { startWorld, type World } from '../support/saga/world.ts';

/**
 * Goal: what docs/operations.md says of a restore puts all promises right. Method: under load each table is copied at a
 * moment of its own. Then the system is killed, its broker deleted and the copies put back, and the runbook is followed
 * with its own commands. Stripe's sandbox keeps what it knows.
 */
const run = promisify(execFile);
const sls = join(projectDir, 'node_modules/serverless/bin/serverless.js');
const PER_PHASE = 12;

let dataDir: string;
let world: World;
let alice: Client;

beforeAll(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'order-saga-'));
  world = await startWorld({}, { dataDir });
  alice = await world.customer();
  await world.stock({ sku: 'mug', available: 1_000, unitPriceMinor: 1290 });
});
afterAll(() => world?.end());

type Copy = readonly NonNullable<WriteRequest['PutRequest']>[];

async function withTable<T>(
  { urls, environment }: System,
  service: Service,
  use: (client: DynamoDBClient, table: string) => Promise<T>,
): Promise<T> {
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  const client = new DynamoDBClient({ endpoint: urls.dynamodb, region, credentials });
  try {
    return await use(client, environment[tableVariableOf(service)] ?? '');
  } finally {
    client.destroy();
  }
}

const copyOf = async (system: System, service: Service): Promise<Copy> =>
  await withTable(system, service, async (client, TableName) => {
    const copy: NonNullable<WriteRequest['PutRequest']>[] = [];
    for await (const { Items = [] } of paginateScan({ client }, { TableName, ConsistentRead: true }))
      copy.push(...Items.map((Item) => ({ Item })));
    return copy;
  });

/** As a restore on AWS does: the table has what it had then, and nothing else. */
const putBack = async (system: System, service: Service, copy: Copy): Promise<void> => {
  const now = await copyOf(system, service);
  const requests: WriteRequest[] = [
    ...now.map(({ Item }) => ({ DeleteRequest: { Key: { pk: Item?.pk ?? { S: '' } } } })),
    ...copy.map((PutRequest) => ({ PutRequest })),
  ];
  await withTable(system, service, async (client, table) => {
    // One after the other, as a batch may not name an item twice.
    for (const each of requests)
      await client.send(new BatchWriteItemCommand({ RequestItems: { [table]: [each] } }));
  });
};

const placeSome = async (): Promise<readonly string[]> =>
  await inParallel(Array.from({ length: PER_PHASE }), 4, (_, index) =>
    alice.place(
      [{ sku: 'mug', quantity: 1 + (index % 2) }],
      index % 6 === 5 ? 'pm_card_chargeDeclined' : 'pm_card_visa',
    ),
  );

async function placeUntilEnded(): Promise<readonly string[]> {
  const orderIds = await placeSome();
  for (const orderId of orderIds) await alice.until(orderId);
  return orderIds;
}

/** The schedule, as often as it takes; in AWS it comes once a minute. */
async function untilQuiet(): Promise<Audit> {
  for (let round = 0; round < 8; round += 1) {
    await world.nudge();
    const result = await audit(world, { timeoutMs: 6_000 });
    const { PENDING = 0, CANCELLING = 0 } = result.statuses;
    if (PENDING + CANCELLING === 0) return result;
  }
  return await audit(world, { timeoutMs: 1_000 });
}

/** As a person types it. */
async function sayAgain(wanted: object): Promise<void> {
  const data = JSON.stringify({ sayAgain: wanted });
  const command = [sls, 'invoke', 'local', '-f', 'nudge-orders', '--data', data];
  const { stdout } = await run(process.execPath, command, {
    cwd: projectDir,
    env: { ...process.env, DATA_DIR: dataDir },
  });
  expect(stdout).toContain('"isFinished": true');
}

test('tables of different moments, a new broker and a provider that is ahead', {
  timeout: 240_000,
}, async () => {
  await placeUntilEnded();
  const since = new Date().toISOString();
  const payment = await copyOf(world.system, 'payment');
  const forgotten = await placeUntilEnded();
  const inventory = await copyOf(world.system, 'inventory');
  const underWay = await placeSome();
  const order = await copyOf(world.system, 'order');
  const lost = await placeUntilEnded();

  await world.system.kill();
  rmSync(join(dataDir, 'rabbitmq'), { recursive: true, force: true });
  const bare = await startSystem({ dataDir, ports: await freePorts(), withApi: false });
  await putBack(bare, 'payment', payment);
  await putBack(bare, 'inventory', inventory);
  await putBack(bare, 'order', order);
  await bare.stop();

  const { shelf } = world;
  world = { ...(await startWorld({ ADOPT_CHARGES_SINCE: since }, { dataDir })), shelf };
  alice = await world.customer();
  await untilQuiet();
  await sayAgain({ from: since });
  await untilQuiet();
  const { findings } = await reconciliationOf(world.system);
  const named = findings.filter(({ code }) => code === 'MONEY_WITHOUT_ORDER').map(({ orderId }) => orderId);
  const paid = lost.filter((_, index) => index % 6 !== 5);
  expect(named.toSorted()).toEqual(paid.toSorted());

  await sayAgain({ lost: named.map((orderId) => ({ orderId, customerId: 'alice' })) });
  for (const orderId of paid)
    await until(`${orderId} is given back`, async () => (await ledgerOf(world, orderId)).keptMinor === 0);
  const result = await untilQuiet();
  expect(
    result.violations.filter((each) => !lost.some((orderId) => each.startsWith(`orphan: ${orderId}`))),
  ).toEqual([]);
  for (const orderId of [...forgotten, ...underWay])
    expect(result.orders.get(orderId)?.status).toMatch(/^(CONFIRMED|CANCELLED)$/);
  for (const orderId of paid)
    expect(await ledgerOf(world, orderId)).toMatchObject({ captures: 1, keptMinor: 0 });
  expect(result.keptMinor).toBe(result.confirmedMinor);
  const after = await reconciliationOf(world.system);
  expect(after.findings.filter(({ kind }) => kind !== 'information')).toEqual([]);
});
