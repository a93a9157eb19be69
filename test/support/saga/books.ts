import amqp from 'amqplib';
import { parseQueueShards } from '../../../engine/saga/queue-shards.ts';
import { deadQueueOf, parseRetryDelays, retryExchangeOf } from '../../../engine/saga/routes.ts';
import { type Service, shop } from '../../../functions/shop.ts';
import { queuesOf } from '../../../infra/broker/shards.ts';
import type { System } from '../../../infra/local/system.ts';
import { type Extent, type Records, type Row, recordsAmong, rowsOf } from './records.ts';
import { readStockAndMoney, type StockAndMoney } from './stock-and-money.ts';

/** The contents of the tables, the ledger and the broker, read directly and not through the product. */
export interface Books extends StockAndMoney {
  readonly orders: Records;
  /** Every service's records. */
  readonly records: Readonly<Record<Service, Records>>;
  /** By owner: how many open orders its tally counts, and how many there are that took a place. */
  readonly tallies: ReadonlyMap<string, { readonly counted: number; readonly open: number }>;
  readonly waiting: number;
  readonly deadLetters: number;
}

/** The system whose books are read, and the earlier orders that are left out. */
interface Bookkeeping {
  readonly system: System;
  readonly before: ReadonlySet<string>;
}

export async function readBooks({ system, before }: Bookkeeping, extent: Extent = 'whole'): Promise<Books> {
  const isOurs = (orderId: string) => !before.has(orderId);
  const rows = await Promise.all(shop.services.map((service) => rowsOf(service, system, extent)));
  const records = Object.fromEntries(
    shop.services.map((service, index) => [service, recordsAmong(rows[index] ?? [], isOurs)]),
  ) as Books['records'];
  return {
    records,
    orders: records[shop.initiator as Service],
    tallies: talliesIn(rows.flat()),
    ...(await readStockAndMoney(rows.flat(), system, isOurs)),
    ...(await countMessages(system)),
  };
}

function talliesIn(rows: readonly Row[]): Books['tallies'] {
  const tallies = new Map<string, { counted: number; open: number }>();
  const of = (owner: string) => {
    const tally = tallies.get(owner) ?? { counted: 0, open: 0 };
    tallies.set(owner, tally);
    return tally;
  };
  for (const { pk, open, state } of rows) {
    if (String(pk).startsWith('tally#')) of(String(pk).slice('tally#'.length)).counted = open;
    else if (state?.isTallied === true) of(state[shop.owner]).open += 1;
  }
  return tallies;
}

export async function countMessages(system: System): Promise<{ waiting: number; deadLetters: number }> {
  const connection = await amqp.connect(system.urls.rabbitmq, { noDelay: true });
  // The caller hears of a missing queue by its rejection. An unhandled 'error' event would end the process.
  connection.on('error', () => {});
  try {
    const channel = await connection.createChannel();
    channel.on('error', () => {});
    const delays = shop.services.flatMap((service) =>
      parseRetryDelays(system.environment.RETRY_DELAYS ?? '').map((delay) => retryExchangeOf(service, delay)),
    );
    const shards = parseQueueShards(shop, system.environment.QUEUE_SHARDS);
    const count = async (queues: readonly string[]) => {
      const counts = await Promise.all(queues.map((queue) => channel.checkQueue(queue)));
      return counts.reduce((sum, { messageCount }) => sum + messageCount, 0);
    };
    return {
      waiting: await count([...shop.services.flatMap((service) => queuesOf(service, shards)), ...delays]),
      deadLetters: await count(shop.services.map(deadQueueOf)),
    };
  } finally {
    await connection.close();
  }
}
