import { describe, expect, test } from 'vitest';
import { PublishError, UnroutableError } from '../../../engine/batch/publish-error.ts';
import { fromItem, next, toItem } from '../../../engine/batch/record.ts';
import type { Item } from '../../../engine/batch/store.ts';
import { nudge } from '../../../engine/initiator/nudge.ts';
import { seal } from '../../../engine/saga/envelope.ts';
import { dueShards } from '../../../engine/saga/initiator-table.ts';
import { decide } from '../../../functions/order/decide.ts';
import { order } from '../../../functions/order/order.ts';
import { orders } from '../../../functions/order/table.ts';
import { type Fact, shop } from '../../../functions/shop.ts';
import { customerId, facts, line, orderIdOf, paymentMethod } from '../../support/facts.ts';
import { MemoryStore } from '../../support/memory-store.ts';
import { RecordingPublisher } from '../../support/recording-publisher.ts';

const upTo = (count: number) => Array.from({ length: count }, (_, index) => index);
const begin = Date.parse('2026-01-01T00:00:00Z');
const minute = 60_000;
const deadlineMs = 15 * minute;

function pending(number: number): Item {
  const placed = { customerId, items: [line('mug', 1)], paymentMethod, fingerprint: 'f', createdAtMs: begin };
  const decision = decide(undefined, { type: 'place', placed });
  if (decision.kind !== 'accept') throw new Error('not placed');
  const { state } = decision;
  const sagaId = orderIdOf(number);
  const outbox = (decision.says ?? []).map((fact) =>
    JSON.stringify(seal(shop, fact, { sagaId, nowMs: begin })),
  );
  return toItem(orders, next(orders, undefined, { sagaId, state, outbox, because: 'place', nowMs: begin }));
}

/** Its customer cancelled it, and then it heard these. */
function cancelling(number: number, ...heard: readonly Fact[]): Item {
  let record = fromItem(orders, pending(number));
  for (const input of [{ type: 'cancel', by: 'CUSTOMER' } as const, ...heard]) {
    const decision = decide(record.state, input);
    if (decision.kind !== 'accept') throw new Error(`${input.type} is not accepted`);
    const step = { sagaId: record.sagaId, state: decision.state, because: input.type, nowMs: begin };
    record = next(orders, record, { ...step, outbox: undefined });
  }
  return toItem(orders, record);
}

/** A table, a broker that may be down, and a schedule that runs once a minute. */
function scene(items: readonly Item[]) {
  let nowMs = begin;
  const queue = { waiting: 0 };
  const store = new MemoryStore(items);
  const publisher = new RecordingPublisher();
  const edges = { store, publisher, now: () => nowMs, userOf: (service: string) => service };
  const run = nudge(
    order,
    edges,
    () => deadlineMs,
    async () => queue.waiting,
  );
  const runAt = async (minutes: number) => {
    nowMs = begin + minutes * minute;
    return await run();
  };
  /** While a run is under way. */
  const pass = (ms: number) => {
    nowMs += ms;
  };
  const stateOf = (order: number) => JSON.parse(store.items.get(orderIdOf(order))?.record as string).state;
  return { store, publisher, queue, runAt, pass, stateOf };
}

describe('the schedule', () => {
  test('finds an order in whichever shard it is, and says again what it said', async () => {
    const many = Array.from({ length: 40 }, (_, order) => pending(order));
    expect(new Set(many.map(({ dueShard }) => dueShard)).size).toBeGreaterThan(1);
    expect(many.every(({ dueShard }) => dueShards.some((shard) => shard === dueShard))).toBe(true);
    const { publisher, runAt } = scene(many);
    expect(await runAt(1)).toEqual({ overdue: 40, nudged: 40, failed: 0 });
    expect(new Set(publisher.ids).size).toBe(40);
  });

  // Fails where the wait doubles up to an hour: after a long outage a refund that fails some times more takes half a day.
  test('asks about a cancelling order every ten minutes at least, and every hour if a person has to act', async () => {
    const day = 24 * 60;
    const dueIn = async (...facts: readonly Fact[]) => {
      const { store, runAt } = scene([cancelling(1, ...facts)]);
      await runAt(day);
      return Number(store.items.get(orderIdOf(1))?.dueEpochSeconds) - (begin + day * minute) / 1_000;
    };
    expect(await dueIn()).toBe(600);
    expect(await dueIn(facts['payment.unrefundable'])).toBe(3_600);
  });

  // Fails where the wait doubles without end: the next nudge comes after the deadline has passed.
  test('asks about a pending order every minute until its deadline, so that it is heard soon after an outage', async () => {
    const { publisher, runAt, stateOf } = scene([pending(1)]);
    publisher.refuses = () => new PublishError('the broker is down');
    for (let minutes = 1; minutes <= 10; minutes += 1) await runAt(minutes);
    publisher.refuses = () => undefined;
    const before = publisher.ids.length;
    await runAt(11);
    await runAt(12);
    expect(publisher.ids.length - before).toBeGreaterThanOrEqual(1);
    expect(stateOf(1).status).toBe('PENDING');
    await runAt(16);
    await runAt(17);
    expect(stateOf(1)).toMatchObject({ status: 'CANCELLING', reason: { code: 'DEADLINE' } });
  });

  // Fails where one rejected claim ends the run: the others wait for ever.
  test('a record that cannot be read keeps nobody else from being nudged', async () => {
    const { publisher, runAt, store } = scene(Array.from({ length: 40 }, (_, order) => pending(order)));
    const broken = pending(7);
    store.items.set(broken.pk, { ...broken, record: 'from the future' });
    expect(await runAt(1)).toEqual({ overdue: 40, nudged: 39, failed: 1 });
    expect(publisher.ids).toHaveLength(39);
  });

  test('nudges nobody while the queues are long: who waits there is not lost, and would only wait longer', async () => {
    const { store, publisher, queue, runAt } = scene(
      Array.from({ length: 40 }, (_, order) => pending(order)),
    );
    const before = new Map(store.items);
    queue.waiting = 1_001;
    expect(await runAt(20)).toEqual({ overdue: 0, nudged: 0, failed: 0 });
    expect(publisher.published).toEqual([]);
    expect(store.items).toEqual(before);
    queue.waiting = 1_000;
    expect(await runAt(21)).toEqual({ overdue: 40, nudged: 40, failed: 0 });
  });

  // Fails where a page of one saga that fails by itself is taken for an outage: those of later shards wait for another run.
  test('an order whose events no queue takes keeps no other shard from its turn', async () => {
    const byShard = new Map(upTo(40).map((order) => [pending(order).dueShard, pending(order)]));
    const { publisher, runAt } = scene([...byShard.values()]);
    let refused: string | undefined;
    publisher.refuses = ({ messageId }) => {
      refused ??= messageId;
      return messageId === refused ? new UnroutableError('no queue takes it') : undefined;
    };
    expect(byShard.size).toBe(dueShards.length);
    expect(await runAt(1)).toEqual({ overdue: 8, nudged: 7, failed: 1 });
  });

  // Fails where two sagas that fail in one page are taken for an outage, though each has a fault of its own.
  test('a page of orders all of which fail by themselves keeps no other shard from its turn', async () => {
    const { publisher, runAt } = scene(Array.from({ length: 40 }, (_, order) => pending(order)));
    const shardOf = new Map(upTo(40).map((order) => [orderIdOf(order) as string, pending(order).dueShard]));
    let refused: unknown;
    publisher.refuses = ({ messageId }) => {
      const shard = shardOf.get(messageId.split(':')[0] ?? '');
      refused ??= shard;
      return shard === refused ? new UnroutableError('no queue takes it') : undefined;
    };
    const { overdue, nudged, failed } = await runAt(1);
    expect(failed).toBeGreaterThan(1);
    expect([overdue, nudged]).toEqual([40, 40 - failed]);
  });

  test('stops when nothing can be said, and leaves what it has not claimed due', async () => {
    const { publisher, runAt } = scene(Array.from({ length: 40 }, (_, order) => pending(order)));
    publisher.refuses = () => new PublishError('the broker is down');
    const { overdue, failed } = await runAt(1);
    expect(failed).toBe(overdue);
    expect(overdue).toBeLessThan(40);
    publisher.refuses = () => undefined;
    expect((await runAt(1)).nudged).toBe(40 - overdue);
  });

  // Fails where only further pages of a shard look at the clock: Lambda ends the run in the middle of one.
  test('begins no page after ten seconds, also the first of a shard, and leaves it to the next run', async () => {
    const { publisher, runAt, pass } = scene(Array.from({ length: 40 }, (_, order) => pending(order)));
    publisher.refuses = () => {
      pass(1_000);
      return undefined;
    };
    const { nudged } = await runAt(1);
    expect(nudged).toBeGreaterThanOrEqual(10);
    expect(nudged).toBeLessThan(20);
    publisher.refuses = () => undefined;
    expect((await runAt(1)).nudged).toBe(40 - nudged);
  });
});
