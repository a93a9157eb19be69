import { DynamoDBClient, GetItemCommand, ScanCommand, type ScanCommandInput } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import * as z from 'zod';
import { tableVariableOf } from '../../../../engine/environment/environment.ts';
import { AUDIT_PREFIX } from '../../../../engine/saga/audit-index.ts';
import type { Sku } from '../../../../functions/ids.ts';
import { stockKey } from '../../../../functions/inventory/decide.ts';
import { orders as orderTable } from '../../../../functions/order/table.ts';
import { type OrderId, shop } from '../../../../functions/shop.ts';
import { region } from '../../environment.ts';
import type { OrderRow, Reading } from './meters.ts';
import { Refusal } from './refusal.ts';

const TIMEOUT_MS = 4_000;
/** Of one table. Whoever has played more is asked to clear the data. */
const MAX_ITEMS = 30_000;

export interface BooksOf {
  readonly environment: Readonly<Record<string, string>>;
  /** The payment sandbox's address. */
  readonly provider: string;
}

type Row = Readonly<Record<string, unknown>>;

/** What the keys of the items begin with. */
const SHELF_PREFIX = stockKey('' as Sku);
const ORDER_PREFIX = orderTable.key('' as OrderId);

/** The shop's tables and the sandbox's ledger, read directly: the meters believe no service. */
export class Books {
  readonly #of: BooksOf;
  readonly #client: DynamoDBClient;

  constructor(of: BooksOf) {
    this.#of = of;
    this.#client = new DynamoDBClient({
      ...{ endpoint: of.environment.AWS_ENDPOINT_URL_DYNAMODB ?? '', region, maxAttempts: 1 },
      credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    });
  }

  /** @throws Refusal if the database or the sandbox does not answer */
  async read(): Promise<Reading> {
    const [inventory, orders, byHand] = await Promise.all([
      this.#inventory(),
      this.#orders(),
      this.#byHand(),
    ]);
    return { ...inventory, orders, byHand, ledger: await this.#ledger() };
  }

  /** Who has placed an order. @throws Refusal if there is none */
  async ownerOf(orderId: string): Promise<string> {
    const { Item } = await this.#asked((abortSignal) =>
      this.#client.send(
        new GetItemCommand({
          TableName: this.#tableOf('order'),
          Key: { pk: { S: orderTable.key(orderId as OrderId) } },
        }),
        { abortSignal },
      ),
    );
    const record = Item === undefined ? undefined : stateIn(unmarshall(Item));
    const owner = record?.[shop.owner];
    if (typeof owner !== 'string') throw new Refusal(404, 'Not Found', `There is no order ${orderId}.`);
    return owner;
  }

  close(): void {
    this.#client.destroy();
  }

  async #inventory(): Promise<Pick<Reading, 'shelf' | 'held' | 'received'>> {
    const shelf = new Map<string, Shelved>();
    const held = new Map<string, number>();
    const receipts: Receipt[] = [];
    for await (const row of this.#rows('inventory')) {
      if (String(row.pk).startsWith(SHELF_PREFIX)) {
        const stock = Shelved.parse(row);
        shelf.set(stock.sku, stock);
      } else if (String(row.pk).startsWith(AUDIT_PREFIX)) {
        const receipt = Receipt.safeParse(row);
        if (receipt.success) receipts.push(receipt.data);
      } else if (row.status === 'RESERVED') {
        for (const { sku, quantity } of Reserved.parse(stateIn(row)).lines)
          held.set(sku, (held.get(sku) ?? 0) + quantity);
      }
    }
    const received = new Map<string, number>();
    for (const { about, at, after } of receipts) {
      for (const sku of about) {
        const isCounted = at <= (shelf.get(sku)?.stocktakenAt ?? at);
        if (!isCounted) received.set(sku, (received.get(sku) ?? 0) + after.received);
      }
    }
    return { shelf, held, received };
  }

  async #orders(): Promise<Reading['orders']> {
    const orders = new Map<string, OrderRow>();
    for await (const row of this.#rows('order')) {
      if (typeof row.record !== 'string' || typeof row.status !== 'string') continue;
      const { status } = row;
      const total = status === 'CONFIRMED' ? Confirmed.parse(stateIn(row)) : {};
      orders.set(String(row.pk).slice(ORDER_PREFIX.length), { status, ...total });
    }
    return orders;
  }

  /** What people did about charges, which the services keep beside them. */
  async #byHand(): Promise<Reading['byHand']> {
    const byHand = new Map<string, 'all' | number>();
    const only = {
      FilterExpression: '#status = :resolved OR contains(#record, :observed)',
      ExpressionAttributeValues: { ':resolved': { S: 'RESOLVED' }, ':observed': { S: '"observed"' } },
    };
    for await (const row of this.#rows('payment', only)) {
      const { orderId, state } = Payment.parse(JSON.parse(String(row.record)));
      const refundedMinor = state.observed?.refundedMinor ?? 0;
      if (row.status === 'RESOLVED') byHand.set(orderId, 'all');
      else if (refundedMinor > 0) byHand.set(orderId, refundedMinor);
    }
    return byHand;
  }

  async #ledger(): Promise<Reading['ledger']> {
    const said = await this.#asked(async (signal) => {
      const reply = await fetch(`${this.#of.provider}/ledger`, { signal });
      return await reply.json();
    });
    return new Map(Object.entries(Ledger.parse(said).orders));
  }

  async *#rows(service: string, filter: Partial<ScanCommandInput> = {}): AsyncGenerator<Row> {
    let left = MAX_ITEMS;
    let from: ScanCommandInput['ExclusiveStartKey'];
    do {
      const { Items = [], LastEvaluatedKey } = await this.#asked((abortSignal) =>
        this.#client.send(
          new ScanCommand({
            ...filter,
            TableName: this.#tableOf(service),
            ConsistentRead: true,
            ...(Object.keys(filter).length === 0
              ? {}
              : { ExpressionAttributeNames: { '#status': 'status', '#record': 'record' } }),
            ...(from === undefined ? {} : { ExclusiveStartKey: from }),
          }),
          { abortSignal },
        ),
      );
      left -= Items.length;
      if (left < 0)
        throw new Refusal(
          ...([503, 'Too much to count'] as const),
          'There are too many orders to count them again and again. `npm run reset` clears the data.',
        );
      for (const item of Items) yield unmarshall(item);
      from = LastEvaluatedKey;
    } while (from !== undefined);
  }

  #tableOf(service: string): string {
    return this.#of.environment[tableVariableOf(service)] ?? '';
  }

  async #asked<T>(ask: (signal: AbortSignal) => Promise<T>): Promise<T> {
    try {
      return await ask(AbortSignal.timeout(TIMEOUT_MS));
    } catch (error) {
      if (error instanceof Refusal) throw error;
      throw new Refusal(
        503,
        'Service Unavailable',
        'The database or the provider’s sandbox does not answer.',
      );
    }
  }
}

const Shelved = z.object({ sku: z.string(), available: z.int(), stocktakenAt: z.string() });
type Shelved = z.infer<typeof Shelved>;
const Receipt = z.object({
  act: z.literal('receipt'),
  about: z.array(z.string()),
  at: z.string(),
  after: z.object({ received: z.int() }),
});
type Receipt = z.infer<typeof Receipt>;
const Reserved = z.object({ lines: z.array(z.object({ sku: z.string(), quantity: z.int() })) });
const Confirmed = z.object({ totalMinor: z.int(), currency: z.string() });
const Payment = z.object({
  orderId: z.string(),
  state: z.object({ observed: z.object({ refundedMinor: z.int() }).optional() }),
});
const Ledger = z.object({
  orders: z.record(
    z.string(),
    z.object({ captures: z.int(), capturedMinor: z.int(), refundedMinor: z.int() }),
  ),
});
const Stored = z.object({ state: z.record(z.string(), z.unknown()) });

/** What a record of a service has as its state. */
const stateIn = ({ record }: Row): Readonly<Record<string, unknown>> =>
  Stored.parse(JSON.parse(String(record))).state;
