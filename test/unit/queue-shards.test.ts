import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { parseQueueShards } from '../../engine/saga/queue-shards.ts';
import { parseRetryDelays } from '../../engine/saga/routes.ts';
import { SLOT_HEADER, slotHeader, slots } from '../../engine/saga/slots.ts';
import { OrderId } from '../../functions/shop.ts';
import { shardEvents } from '../../infra/broker/plugin.ts';
import { oneQueueEach, queuesOf, slotsOf } from '../../infra/broker/shards.ts';
import { topologyOf } from '../../infra/broker/topology.ts';
import { threeServices as shop } from '../support/three-services.ts';

const counts = [1, 2, 4, 8, 16];

describe('QUEUE_SHARDS', () => {
  test.each([
    ['', oneQueueEach(shop)],
    [undefined, oneQueueEach(shop)],
    ['4', { order: 4, inventory: 4, payment: 4 }],
    ['inventory=4', { order: 1, inventory: 4, payment: 1 }],
    [' inventory = 4 , payment=2', { order: 1, inventory: 4, payment: 2 }],
  ])('%j is read', (text, shards) => {
    expect(parseQueueShards(shop, text)).toEqual(shards);
  });

  test.each([
    ...['0', '3', '-2', '32', '1e1', 'many', '4,4', 'inventory', 'inventory=', 'inventory=3', '=4'],
    ...['shipping=2', 'inventory=2,inventory=4', 'inventory=2,', 'inventory=4=2', 'toString=2'],
  ])('%j is refused, in one line that names what is wrong', (text) => {
    expect(() => parseQueueShards(shop, text)).toThrow(/^".*" is neither 1, 2, 4, 8, 16 nor one of them/);
  });
});

describe('the slots', () => {
  const ids = Array.from({ length: 16_000 }, (_, index) =>
    OrderId.parse(`ord_${createHash('sha256').update(String(index)).digest('base64url').slice(0, 24)}`),
  );

  test.each(counts)('of %i shards are one shard’s each, and as many for every shard', (count) => {
    const dealt = Array.from({ length: count }, (_, index) => slotsOf(index, count));
    expect(dealt.flat().toSorted()).toEqual([...slots]);
    for (const each of dealt) expect(each).toHaveLength(slots.length / count);
  });

  // Fails where the hash looks at a few characters only, or its low bits at a few bits of each.
  test('are about equally many orders’, and an order is always in the same', () => {
    const tally = new Map<string, number>();
    for (const id of ids) {
      const { [SLOT_HEADER]: slot } = slotHeader(id);
      expect(slotHeader(id)).toEqual({ [SLOT_HEADER]: slot });
      tally.set(slot, (tally.get(slot) ?? 0) + 1);
    }
    expect([...tally.keys()].toSorted()).toEqual([...slots]);
    for (const [slot, count] of tally) expect(Math.abs(count - 1_000), slot).toBeLessThan(150);
  });

  test('stay what they are: messages of an earlier version are in the queues', () => {
    const slotOf = (id: string) => slotHeader(OrderId.parse(id))[SLOT_HEADER];
    expect(['a', 'b', 'c', '-', '_'].map((letter) => slotOf(`ord_${letter.repeat(24)}`))).toEqual([
      '1',
      '0',
      'c',
      '6',
      'b',
    ]);
  });
});

test('one shard is no shard: nothing on the broker is there for it', () => {
  const { exchanges, queues, bindings, exchangeBindings } = topologyOf(shop, parseRetryDelays('1s'));
  expect(exchanges.map(({ type }) => type)).not.toContain('headers');
  expect(exchanges.filter((exchange) => 'arguments' in exchange)).toEqual([]);
  expect(bindings.filter((binding) => 'headers' in binding)).toEqual([]);
  expect(exchangeBindings).toEqual([]);
  expect(queues.map(({ name }) => name)).toEqual([
    ...shop.services,
    ...shop.services.map((service) => `${service}.dead`),
    ...shop.services.map((service) => `${service}.retry.1s`),
  ]);
});

test('every shard has an event source mapping like that of its queue, and room to run beside the others', () => {
  const rabbitmq = (queue: string) => ({ rabbitmq: { queue, arn: 'arn', batchSize: 100 } });
  const functions = {
    order: { reservedConcurrency: 2, events: [rabbitmq('order')] },
    inventory: { reservedConcurrency: 2, events: [{ http: 'x' }, rabbitmq('inventory')] },
    payment: { events: [rabbitmq('payment'), rabbitmq('other')] },
    nudge: { reservedConcurrency: 1 },
  };
  shardEvents(functions, parseQueueShards(shop, 'inventory=4,payment=2'), shop);
  expect(functions).toEqual({
    order: { reservedConcurrency: 2, events: [rabbitmq('order')] },
    inventory: {
      reservedConcurrency: 5,
      events: [{ http: 'x' }, ...[0, 1, 2, 3].map((shard) => rabbitmq(`inventory.${shard}`))],
    },
    payment: { events: [...[0, 1].map((shard) => rabbitmq(`payment.${shard}`)), rabbitmq('other')] },
    nudge: { reservedConcurrency: 1 },
  });
  expect(queuesOf('order', parseQueueShards(shop, '2'))).toEqual(['order.0', 'order.1']);
});
