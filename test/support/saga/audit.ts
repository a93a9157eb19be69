import { DynamoDBClient, paginateScan } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import amqp from 'amqplib';
import { services } from '../../../functions/saga/choreography.ts';
import { deadQueueOf, parseRetryDelays, retryExchangeOf } from '../../../functions/saga/routes.ts';
import { parseQueueShards, queuesOf } from '../../../infra/broker/shards.ts';
import type { World } from './world.ts';

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

/** For `readBooks`: rows without history and outbox, which are most of them. A long run leaves too many whole ones. */
export const judgedAttributes = {
  ProjectionExpression: 'pk, orderId, sku, available, version, #status, #state',
  ExpressionAttributeNames: { '#status': 'status', '#state': 'state' },
};

export async function readBooks(
  { system }: World,
  only: Partial<typeof judgedAttributes> = {},
): Promise<Books> {
  const client = new DynamoDBClient({
    endpoint: system.urls.dynamodb,
    region: 'eu-central-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
  const scan = async (TableName: string): Promise<Row[]> => {
    const rows: Row[] = [];
    for await (const page of paginateScan({ client }, { TableName, ConsistentRead: true, ...only })) {
      rows.push(...(page.Items ?? []).map((item) => unmarshall(item)));
    }
    return rows;
  };
  const tableOf = (service: string) => scan(system.environment[`${service}_TABLE`] ?? '');
  const [orders, inventory, payments] = await Promise.all(['ORDER', 'INVENTORY', 'PAYMENT'].map(tableOf));
  const byOrder = (rows: Row[] = []) =>
    new Map(rows.map((row) => [String(row.orderId), { ...row, state: JSON.parse(row.state ?? 'null') }]));
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
    ledger: ledger.orders,
    ...(await countMessages(system)),
  };
}

export async function countMessages(system: World['system']): Promise<{ waiting: number; parked: number }> {
  const connection = await amqp.connect(system.urls.rabbitmq, { noDelay: true });
  try {
    const channel = await connection.createChannel();
    const delays = services.flatMap((service) =>
      parseRetryDelays(system.environment.RETRY_DELAYS ?? '').map((delay) => retryExchangeOf(service, delay)),
    );
    const shards = parseQueueShards(system.environment.QUEUE_SHARDS);
    const count = async (queues: readonly string[]) => {
      const counts = await Promise.all(queues.map((queue) => channel.checkQueue(queue)));
      return counts.reduce((sum, { messageCount }) => sum + messageCount, 0);
    };
    return {
      waiting: await count([...services.flatMap((service) => queuesOf(service, shards)), ...delays]),
      parked: await count(services.map(deadQueueOf)),
    };
  } finally {
    await connection.close();
  }
}

/** The promises that can be read from the books, each violation in one line. */
export function violationsOf(books: Books, { shelf }: Pick<World, 'shelf'>): string[] {
  const violations: string[] = [];
  const check = (holds: boolean, violation: string) => {
    if (!holds) violations.push(violation);
  };
  const held = new Map<string, number>();
  for (const { state } of books.reservations.values()) {
    if (state.status !== 'RESERVED') continue;
    for (const { sku, quantity } of state.lines) held.set(sku, (held.get(sku) ?? 0) + quantity);
  }
  for (const [sku, { available: initial }] of shelf) {
    const available = books.available.get(sku) ?? 0;
    check(available >= 0, `P1 ${sku} is at ${available}`);
    check(
      initial === available + (held.get(sku) ?? 0),
      `P1 ${sku}: ${initial} != ${available} + ${held.get(sku)}`,
    );
  }
  for (const [orderId, { state }] of books.orders) {
    const reservation = books.reservations.get(orderId)?.state.status ?? 'NONE';
    const payment = books.payments.get(orderId)?.state.status ?? 'NONE';
    const { captures, keptMinor } = books.ledger[orderId] ?? { captures: 0, keptMinor: 0 };
    const is = `${orderId} ${state.status} reservation ${reservation} payment ${payment} kept ${keptMinor}`;
    check(captures <= 1, `P2 ${captures} captures: ${is}`);
    if (state.status === 'CONFIRMED') {
      check(keptMinor === state.totalMinor, `P2 total ${state.totalMinor}: ${is}`);
      check(reservation === 'RESERVED' && payment === 'CAPTURED', `P4 ${is}`);
    } else if (state.status === 'CANCELLED') {
      check(keptMinor === 0, `P2 ${is}`);
      check(['NONE', 'REJECTED', 'RELEASED'].includes(reservation), `P4 ${is}`);
      check(['NONE', 'DECLINED', 'VOIDED', 'REFUNDED'].includes(payment), `P4 ${is}`);
    } else violations.push(`P3 not ended: ${is}`);
  }
  for (const orderId of [
    ...books.reservations.keys(),
    ...books.payments.keys(),
    ...Object.keys(books.ledger),
  ]) {
    check(books.orders.has(orderId), `orphan: ${orderId} is not an order`);
  }
  return violations;
}

export interface Audit {
  readonly violations: readonly string[];
  readonly statuses: Readonly<Record<string, number>>;
  readonly keptMinor: number;
  readonly confirmedMinor: number;
  readonly parked: number;
  readonly orders: Books['orders'];
}

/**
 * Waits until nothing is under way any more (or the time is over) and judges what is left. An order that
 * has not ended by then is a violation like any other.
 */
export async function audit(
  world: World,
  { timeoutMs = 30_000, only }: { timeoutMs?: number; only?: typeof judgedAttributes } = {},
): Promise<Audit> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    const books = await readBooks(world, only);
    const open = [...books.orders.values()].filter(
      ({ status }) => status !== 'CONFIRMED' && status !== 'CANCELLED',
    );
    if ((open.length === 0 && books.waiting === 0) || performance.now() > deadline)
      return judge(books, world);
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
}

function judge(books: Books, world: World): Audit {
  const rows = [...books.orders.values()];
  const statuses: Record<string, number> = {};
  for (const { status } of rows) statuses[status] = (statuses[status] ?? 0) + 1;
  const confirmed = rows.filter(({ status }) => status === 'CONFIRMED');
  return {
    violations: violationsOf(books, world),
    statuses,
    keptMinor: Object.values(books.ledger).reduce((sum, { keptMinor }) => sum + keptMinor, 0),
    confirmedMinor: confirmed.reduce((sum, { state }) => sum + state.totalMinor, 0),
    parked: books.parked,
    orders: books.orders,
  };
}
