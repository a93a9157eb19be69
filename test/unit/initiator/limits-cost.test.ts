import { marshall } from '@aws-sdk/util-dynamodb';
import { expect, test } from 'vitest';
import { run } from '../../../engine/batch/run.ts';
import type { Item, Write } from '../../../engine/batch/store.ts';
import type { HttpReply } from '../../../engine/http/http.ts';
import { limitsIn } from '../../../engine/initiator/limits.ts';
import type { Fact } from '../../../functions/shop.ts';
import { itemBytes, type Value, writeUnits } from '../../bench/counting/capacity-units.ts';
import { scene } from '../../support/engine-runs.ts';
import { facts, line } from '../../support/facts.ts';
import { httpEvent } from '../../support/http-event.ts';
import { order, place } from '../../support/three-services.ts';

/** Goal: what fairness costs is known to the unit. Method: the order's writes are counted with limits and without. */
const limits = limitsIn({ MAX_OPEN_PER_OWNER: '20', PAUSE_AFTER_FAILURES: '3' });

const ends = {
  confirmed: ['payment.captured'],
  'out of stock': ['stock.rejected'],
  declined: ['payment.declined', 'stock.released'],
} as const;

/** Two lines, as in the benchmark. */
const items = [line('sku-11', 1), line('sku-22', 2)];
const body = { items, paymentMethod: 'pm_card_visa' };

const paid = {
  ...facts['payment.captured'].data,
  lines: items.map((each) => ({ ...each, unitPriceMinor: 100 })),
  amountMinor: 300,
};
const fact = (type: (typeof ends)[keyof typeof ends][number]): Fact =>
  type === 'payment.captured' ? { type, data: paid } : facts[type];

/** The units of an order's writes, of so many that are placed one by one and end together, by so many owners. */
async function unitsOf(
  end: keyof typeof ends,
  count: number,
  owners: number,
  isLimited: boolean,
): Promise<number> {
  const here = scene();
  const units = (writes: readonly Write[]) => {
    const size = (write: Write) => {
      const item = write.kind === 'put' ? write.item : (here.store.items.get(write.key) as Item);
      return itemBytes(marshall(item) as unknown as Record<string, Value>);
    };
    return writes.reduce((sum, write) => sum + writeUnits(size(write), writes.length > 1), 0);
  };
  let total = 0;
  here.store.afterWrite = (writes) => {
    total += units(writes);
  };
  const handler = place(here.edges, isLimited ? limits : undefined);
  const orderIds: string[] = [];
  for (let index = 0; index < count; index += 1) {
    const request = httpEvent({
      headers: { 'content-type': 'application/json', 'idempotency-key': `key-${index}` },
      body: JSON.stringify(body),
      authorizer: { principalId: `bench-${index % owners}`, role: 'customer' },
    });
    const reply = (await handler(request, {} as never)) as HttpReply;
    orderIds.push(JSON.parse(reply.body).orderId);
  }
  for (const type of ends[end])
    await run(
      order,
      orderIds.map((sagaId) => ({ sagaId: sagaId as never, input: fact(type) })),
      here.edges,
    );
  return total / count;
}

// Alone, what would be a single put is one in a transaction, which costs as much again: here of one KB, and of two at the
// end of a confirmed or declined order. Of orders that end together each costs one unit less or two.
test.each([
  ['confirmed', 1, 1, 7],
  ['out of stock', 1, 1, 6],
  ['declined', 1, 1, 7],
  ['confirmed', 40, 40, 5],
  ['out of stock', 40, 40, 5],
  ['declined', 40, 40, 5],
  ['confirmed', 10, 1, 3.2],
  ['out of stock', 10, 1, 3.2],
  ['declined', 10, 1, 3.2],
] as const)(
  'an order that ends %s, one of %i by %i, costs %d write units more',
  async (end, count, owners, more) => {
    const [without, within] = [
      await unitsOf(end, count, owners, false),
      await unitsOf(end, count, owners, true),
    ];
    expect(within - without).toBeCloseTo(more, 9);
  },
);
