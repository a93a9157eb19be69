import { createHash } from 'node:crypto';
import { DynamoDBClient, paginateScan } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import amqp from 'amqplib';
import { deadQueueOf, parseRetryDelays, retryExchangeOf } from '../../../engine/saga/routes.ts';
import { shop } from '../../../functions/shop.ts';
import { parseQueueShards, queuesOf } from '../../../infra/broker/shards.ts';
import type { System } from '../../../infra/local/system.ts';

interface Tallies {
  readonly captures: number;
  readonly keptMinor: number;
}

/** What the tables, the ledger and the broker hold, read from themselves and not through the product. */
export interface Books {
  readonly orders: ReadonlyMap<string, Row>;
  readonly reservations: ReadonlyMap<string, Row>;
  readonly payments: ReadonlyMap<string, Row>;
  readonly available: ReadonlyMap<string, number>;
  readonly ledger: Readonly<Record<string, Tallies>>;
  readonly waiting: number;
  readonly parked: number;
}

// biome-ignore lint/suspicious/noExplicitAny: rows are read raw on purpose, not through the product's schemas
export type Row = Record<string, any>;

/** Whole rows, or for a long run, which leaves too many, what is judged of them, and a digest of all there is. */
export type Extent = 'whole' | 'judged';

/** Whose books: a system's, without the orders that were there before. */
interface Bookkeeping {
  readonly system: System;
  readonly before: ReadonlySet<string>;
}

export async function readBooks({ system, before }: Bookkeeping, extent: Extent = 'whole'): Promise<Books> {
  const client = new DynamoDBClient({
    endpoint: system.urls.dynamodb,
    region: 'eu-central-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
  const scan = async (TableName: string): Promise<Row[]> => {
    const rows: Row[] = [];
    for await (const page of paginateScan({ client }, { TableName, ConsistentRead: true })) {
      rows.push(...(page.Items ?? []).map((item) => rowOf(unmarshall(item), extent)));
    }
    return rows;
  };
  const tableOf = (service: string) => scan(system.environment[`${service}_TABLE`] ?? '');
  const [orders, inventory, payments] = await Promise.all(['ORDER', 'INVENTORY', 'PAYMENT'].map(tableOf));
  const isOurs = (orderId: string) => !before.has(orderId);
  const byOrder = (rows: Row[] = []) =>
    new Map(rows.map((row) => [String(row.orderId), row] as const).filter(([orderId]) => isOurs(orderId)));
  const ledger = (await (await fetch(`${system.urls.payments}/ledger`)).json()) as {
    orders: Books['ledger'];
  };
  return {
    orders: byOrder(orders),
    reservations: byOrder(inventory?.filter(({ pk }) => pk.startsWith('ORDER#'))),
    payments: byOrder(payments),
    available: new Map(
      inventory?.filter(({ pk }) => pk.startsWith('SKU#')).map((row) => [row.sku, row.available]),
    ),
    ledger: Object.fromEntries(Object.entries(ledger.orders).filter(([orderId]) => isOurs(orderId))),
    ...(await countMessages(system)),
  };
}

function rowOf(item: Row, extent: Extent): Row {
  const { record, ...attributes } = item;
  if (record === undefined) return item;
  const { orderId, state, ...rest } = JSON.parse(record);
  if (extent === 'whole') return { ...attributes, orderId, state, ...rest };
  const { pk, status, version } = item;
  return { pk, orderId, status, version, state, digest: digestOf(item) };
}

const digestOf = (item: Row): string =>
  createHash('sha1')
    .update(JSON.stringify(Object.entries(item).toSorted(([a], [b]) => (a < b ? -1 : 1))))
    .digest('base64');

export async function countMessages(system: System): Promise<{ waiting: number; parked: number }> {
  const connection = await amqp.connect(system.urls.rabbitmq, { noDelay: true });
  // A queue that is not there is the caller's to hear of, and would otherwise end the process with all it has started.
  connection.on('error', () => {});
  try {
    const channel = await connection.createChannel();
    channel.on('error', () => {});
    const delays = shop.services.flatMap((service) =>
      parseRetryDelays(system.environment.RETRY_DELAYS ?? '').map((delay) => retryExchangeOf(service, delay)),
    );
    const shards = parseQueueShards(system.environment.QUEUE_SHARDS);
    const count = async (queues: readonly string[]) => {
      const counts = await Promise.all(queues.map((queue) => channel.checkQueue(queue)));
      return counts.reduce((sum, { messageCount }) => sum + messageCount, 0);
    };
    return {
      waiting: await count([...services.flatMap((service) => queuesOf(service, shards)), ...delays]),
      parked: await count(shop.services.map(deadQueueOf)),
    };
  } finally {
    await connection.close();
  }
}
