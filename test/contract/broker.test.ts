import { afterAll, afterEach, beforeAll, describe, expect, inject, test } from 'vitest';
import type { OutgoingMessage } from '../../engine/batch/messages.ts';
import { UnroutableError } from '../../engine/batch/publish-error.ts';
import { EVENTS_EXCHANGE, FAILURES_EXCHANGE } from '../../engine/saga/routes.ts';
import { SLOT_HEADER, slots } from '../../engine/saga/slots.ts';
import { type BrokerUnderTest, brokerKinds, shardedTopology } from '../support/contract/brokers.ts';

/**
 * Goal: the broker in memory, on which the simulation proves the saga, does what RabbitMQ does. Method: the
 * same tests on both, with the topology of the product; every test leaves all queues empty.
 */
const message = (body: string, change: Partial<OutgoingMessage> = {}): OutgoingMessage => ({
  exchange: '',
  routingKey: 'order',
  body,
  messageId: `id-${body}`,
  type: 'order.placed',
  contentType: 'application/cloudevents+json',
  mandatory: true,
  ...change,
});
const queues = ['order', 'inventory', 'payment', 'order.dead', 'inventory.dead', 'payment.dead'];
/** More than RabbitMQ 4 allows a queue that has no limit of its own. */
const MANY_LOOKS = 25;

describe.each(brokerKinds)('%s', (_name, begin) => {
  let broker: BrokerUnderTest;
  beforeAll(async () => {
    broker = await begin(inject('rabbitmqUrl'));
  });
  afterAll(() => broker?.end());
  afterEach(async () => {
    for (const queue of queues) expect(await broker.take(queue, 10), `left in ${queue}`).toEqual([]);
  });

  /** Takes and acknowledges everything that is ready. */
  const bodiesIn = async (queue: string): Promise<readonly string[]> => {
    const taken = await broker.take(queue, 1_000);
    await broker.acknowledge(taken);
    return taken.map(({ body }) => body);
  };

  describe('a message', () => {
    test('goes through the direct exchange to the queue that is bound to its key, and to no other', async () => {
      await broker.publish(message('a', { exchange: EVENTS_EXCHANGE, routingKey: 'order.placed' }));
      await broker.publish(message('b', { exchange: EVENTS_EXCHANGE, routingKey: 'stock.released' }));
      expect(await bodiesIn('inventory')).toEqual(['a']);
      expect(await bodiesIn('order')).toEqual(['b']);
      expect(await bodiesIn('payment')).toEqual([]);
    });

    test('goes through the fanout exchange to every participant, whatever its key', async () => {
      await broker.publish(message('a', { exchange: FAILURES_EXCHANGE, routingKey: 'stock.rejected' }));
      for (const queue of ['order', 'inventory', 'payment']) expect(await bodiesIn(queue)).toEqual(['a']);
    });

    test('goes through the default exchange to the queue that its key names', async () => {
      await broker.publish(message('a', { routingKey: 'payment.dead' }));
      expect(await bodiesIn('payment.dead')).toEqual(['a']);
    });

    test('that no queue takes is an error if it is mandatory, and none if it is not', async () => {
      const lost = { exchange: EVENTS_EXCHANGE, routingKey: 'order.confirmed' };
      await expect(broker.publish(message('a', lost))).rejects.toThrow(UnroutableError);
      await expect(broker.publish(message('a', { routingKey: 'no such queue' }))).rejects.toThrow(
        UnroutableError,
      );
      await expect(broker.publish(message('a', { exchange: 'no such exchange' }))).rejects.toThrow(
        UnroutableError,
      );
      await broker.publish(message('a', { ...lost, mandatory: false }));
    });

    test('arrives as it was sent', async () => {
      const headers = { 'saga-attempts': 3, 'saga-error': 'Error: é€' };
      await broker.publish(message('{"a":"é€"}', { headers }));
      const taken = await broker.take('order', 1);
      expect(taken).toMatchObject([
        {
          body: '{"a":"é€"}',
          messageId: 'id-{"a":"é€"}',
          type: 'order.placed',
          contentType: 'application/cloudevents+json',
          userId: broker.user,
          headers,
          routingKey: 'order',
        },
      ]);
      await broker.acknowledge(taken);
    });

    test('published twice is there twice', async () => {
      await broker.publish(message('a'));
      await broker.publish(message('a'));
      expect(await bodiesIn('order')).toEqual(['a', 'a']);
    });
  });

  describe('what is taken', () => {
    const given = async (...bodies: readonly string[]) => {
      for (const body of bodies) await broker.publish(message(body));
    };

    test('comes in the order it was published in, and nobody else gets it meanwhile', async () => {
      await given('a', 'b', 'c');
      const first = await broker.take('order', 2);
      expect(first.map(({ body }) => body)).toEqual(['a', 'b']);
      expect(await bodiesIn('order')).toEqual(['c']);
      await broker.acknowledge(first);
      expect(await bodiesIn('order')).toEqual([]);
    });

    test('and given back comes again in its old order, before what came later', async () => {
      await given('a', 'b', 'c', 'd');
      await broker.giveBack('order', await broker.take('order', 3));
      await given('e');
      expect(await bodiesIn('order')).toEqual(['a', 'b', 'c', 'd', 'e']);
    });

    test('and given back in part comes again without what was acknowledged', async () => {
      await given('a', 'b', 'c');
      const taken = await broker.take('order', 3);
      await broker.acknowledge(taken.filter(({ body }) => body === 'b'));
      await broker.giveBack(
        'order',
        taken.filter(({ body }) => body !== 'b'),
      );
      expect(await bodiesIn('order')).toEqual(['a', 'c']);
    });

    test('and given back says how often it came before, and what came once says 0', async () => {
      await given('bad');
      for (let returns = 0; returns < MANY_LOOKS; returns += 1) {
        const taken = await broker.take('order', 1);
        expect(taken).toMatchObject([{ body: 'bad', returns }]);
        await broker.giveBack('order', taken);
      }
      await given('good');
      const taken = await broker.take('order', 2);
      expect(taken.map(({ returns }) => returns)).toEqual([MANY_LOOKS, 0]);
      await broker.acknowledge(taken);
    });

    test('from the dead-letter queue can be looked at as often', async () => {
      await broker.publish(message('a', { routingKey: 'order.dead' }));
      for (let look = 0; look < MANY_LOOKS; look += 1) {
        await broker.giveBack('order.dead', await broker.take('order.dead', 1));
      }
      expect(await bodiesIn('order.dead')).toEqual(['a']);
    });
  });

  describe('a delay queue', () => {
    const later = (body: string, change: Partial<OutgoingMessage> = {}) =>
      message(body, { exchange: 'inventory.retry.1s', routingKey: 'inventory', ...change });

    test('brings a message back to the queue its key names, with its headers, when its time has come', async () => {
      await broker.publish(later('a', { headers: { 'saga-attempts': 1 } }));
      await broker.wait(100);
      expect(await bodiesIn('inventory')).toEqual([]);
      await broker.wait(1_000);
      const taken = await broker.take('inventory', 2);
      expect(taken).toMatchObject([
        {
          body: 'a',
          messageId: 'id-a',
          userId: broker.user,
          headers: { 'saga-attempts': 1, 'x-first-death-reason': 'expired' },
        },
      ]);
      await broker.acknowledge(taken);
    });

    test('brings it back earlier if it says so itself, and never later than the queue says', async () => {
      await broker.publish(later('early', { expirationMs: 50 }));
      await broker.wait(150);
      expect(await bodiesIn('inventory')).toEqual(['early']);
      await broker.publish(later('not late', { expirationMs: 60_000 }));
      await broker.wait(1_100);
      expect(await bodiesIn('inventory')).toEqual(['not late']);
    });

    test('looks at its head only: what expires behind it waits for it', async () => {
      await broker.publish(later('first', { exchange: 'inventory.retry.2s' }));
      await broker.publish(later('second', { exchange: 'inventory.retry.2s', expirationMs: 50 }));
      await broker.wait(200);
      expect(await bodiesIn('inventory')).toEqual([]);
      await broker.wait(2_000);
      expect(await bodiesIn('inventory')).toEqual(['first', 'second']);
    });

    test('reaches no other service, and keeps what its key has no queue of its own for: nothing waits behind it', async () => {
      await broker.publish(later('stray', { routingKey: 'order' }));
      await broker.publish(later('good'));
      await broker.wait(1_200);
      expect(await bodiesIn('inventory')).toEqual(['good']);
      expect(await bodiesIn('order')).toEqual([]);
    });

    test('begins to count the deliveries of what it brings back anew', async () => {
      await broker.publish(message('a', { routingKey: 'inventory' }));
      await broker.giveBack('inventory', await broker.take('inventory', 1));
      const [again] = await broker.take('inventory', 1);
      expect(again?.returns).toBe(1);
      await broker.acknowledge(again === undefined ? [] : [again]);
      await broker.publish(later('a'));
      await broker.wait(1_100);
      const taken = await broker.take('inventory', 1);
      expect(taken).toMatchObject([{ body: 'a', returns: 0 }]);
      await broker.acknowledge(taken);
    });
  });
});

describe.each(brokerKinds)('%s, with several queues for a service', (_name, begin) => {
  let broker: BrokerUnderTest;
  beforeAll(async () => {
    broker = await begin(inject('rabbitmqUrl'), shardedTopology);
  });
  afterAll(() => broker?.end());

  const sharded = ['flight.0', 'flight.1', 'hotel.0', 'hotel.1', 'hotel.2', 'hotel.3'];
  const all = [...sharded, 'car', 'trip'];

  /** Of each queue, what is in it, and takes it out. */
  async function everything(): Promise<Readonly<Record<string, readonly string[]>>> {
    const found: Record<string, readonly string[]> = {};
    for (const queue of all) {
      const taken = await broker.take(queue, 1_000);
      await broker.acknowledge(taken);
      if (taken.length > 0) found[queue] = taken.map(({ body }) => body);
    }
    return found;
  }
  const inSlot = (slot: string, change: Partial<OutgoingMessage>) =>
    message(slot, { headers: { [SLOT_HEADER]: slot }, ...change });
  const slotsOfEach = (count: number) => (index: number) => slots.filter((_, slot) => slot % count === index);

  test('a step goes to one queue of a service, the one of its slot', async () => {
    for (const slot of slots)
      await broker.publish(inSlot(slot, { exchange: EVENTS_EXCHANGE, routingKey: 'trip.placed' }));
    const found = await everything();
    expect(Object.keys(found)).toEqual([...sharded, 'car']);
    for (const [queue, bodies] of Object.entries(found)) {
      const [, index] = queue.split('.');
      const count = queue.startsWith('hotel') ? 4 : queue.startsWith('flight') ? 2 : 1;
      expect(bodies, queue).toEqual(slotsOfEach(count)(Number(index ?? 0)));
    }
  });

  test('a failure goes to one queue of each service', async () => {
    await broker.publish(inSlot('6', { exchange: FAILURES_EXCHANGE, routingKey: 'trip.cancelling' }));
    expect(await everything()).toEqual({ 'flight.0': ['6'], 'hotel.2': ['6'], car: ['6'], trip: ['6'] });
  });

  test.each([{}, { [SLOT_HEADER]: 'g' }])(
    'what names no slot, as %j, goes to the first queue',
    async (headers) => {
      await broker.publish(message('a', { exchange: 'hotel', routingKey: '', headers }));
      expect(await everything()).toEqual({ 'hotel.0': ['a'] });
    },
  );

  test('a delay queue brings a message back to the queue that it came from', async () => {
    const retry = { exchange: 'hotel.retry.1s', routingKey: 'hotel.3', expirationMs: 100 };
    await broker.publish(inSlot('1', retry));
    await broker.wait(300);
    expect(await everything()).toEqual({ 'hotel.3': ['1'] });
  });
});
