import { BatchWriteItemCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { eventMessage, type OutgoingMessage } from '../../engine/batch/messages.ts';
import { next, toItem } from '../../engine/batch/record.ts';
import { fingerprintOf, sagaIdFor } from '../../engine/http/idempotency-key.ts';
import { seal } from '../../engine/saga/envelope.ts';
import { Lines } from '../../functions/events.ts';
import { CustomerId } from '../../functions/ids.ts';
import { decide } from '../../functions/order/decide.ts';
import { orders } from '../../functions/order/table.ts';
import { type OrderId, shop } from '../../functions/shop.ts';
import { inParallel } from '../support/saga/client.ts';
import { type Assortment, basketOf } from './assortment.ts';
import type { Saga } from './loops.ts';
import type { Stage } from './stage.ts';

/** An order as POST /orders leaves it: durable, and not announced yet. */
interface Prepared {
  readonly orderId: OrderId;
  readonly item: ReturnType<typeof toItem>;
  readonly announcement: OutgoingMessage;
  readonly isDeclined: boolean;
}

/** https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchWriteItem.html */
const mostPerBatch = 25;
const writers = 8;
const customerId = CustomerId.parse('bench');

/**
 * Puts so many orders into the order service's table, and makes of each a saga that begins with the publication of
 * its `order.placed`: what the participants do, without HTTP.
 */
export async function feeding(stage: Stage, assortment: Assortment, sagas: number): Promise<Saga> {
  const { world, outcomes, publisher, placed, number } = stage;
  const prepared = Array.from({ length: sagas }, () => prepare(number(), assortment));
  await store(world.system.urls.dynamodb, world.system.environment.ORDER_TABLE ?? '', prepared);
  for (const { orderId, isDeclined } of prepared) placed.set(orderId, isDeclined);
  return async (index) => {
    const order = prepared[index];
    if (order === undefined) throw new Error(`order ${index} was not prepared`);
    const ended = outcomes.endOf(order.orderId);
    await publisher.publish(order.announcement);
    return await ended;
  };
}

function prepare(index: number, assortment: Assortment): Prepared {
  const { items, paymentMethod, isDeclined } = basketOf(index, assortment);
  const nowMs = Date.now();
  const body = { items: Lines.parse(items), paymentMethod };
  const placed = { ...body, customerId, fingerprint: fingerprintOf(body), createdAtMs: nowMs };
  const decision = decide(undefined, { type: 'place', placed });
  const [fact] = decision.kind === 'accept' ? (decision.says ?? []) : [];
  if (decision.kind !== 'accept' || fact === undefined) throw new Error('a new order was not accepted');
  const orderId = sagaIdFor(shop, customerId, `bench-${index}`);
  const event = seal(shop, fact, { sagaId: orderId, nowMs });
  const text = JSON.stringify(event);
  const record = next(orders, undefined, {
    sagaId: orderId,
    state: decision.state,
    outbox: [text],
    because: 'place',
    nowMs,
  });
  return { orderId, item: toItem(orders, record), announcement: eventMessage(shop, event, text), isDeclined };
}

async function store(endpoint: string, table: string, prepared: readonly Prepared[]): Promise<void> {
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  const client = new DynamoDBClient({ endpoint, region: 'eu-central-1', credentials });
  const batches = Array.from({ length: Math.ceil(prepared.length / mostPerBatch) }, (_, index) =>
    prepared.slice(index * mostPerBatch, (index + 1) * mostPerBatch),
  );
  try {
    await inParallel(batches, writers, async (batch) => {
      const puts = batch.map(({ item }) => ({
        PutRequest: { Item: marshall(item, { removeUndefinedValues: true }) },
      }));
      const { UnprocessedItems } = await client.send(
        new BatchWriteItemCommand({ RequestItems: { [table]: puts } }),
      );
      if (UnprocessedItems?.[table] !== undefined) throw new Error('the emulator left items out');
    });
  } finally {
    client.destroy();
  }
}
