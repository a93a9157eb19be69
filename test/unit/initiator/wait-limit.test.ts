import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { run } from '../../../engine/batch/run.ts';
import { StoreUnavailableError } from '../../../engine/batch/store.ts';
import type { HttpReply } from '../../../engine/http/http.ts';
import { waitLimit, whileWaitIsShort } from '../../../engine/initiator/wait-limit.ts';
import type { Command } from '../../../engine/saga/initiator.ts';
import type { Placed } from '../../../functions/order/decide.ts';
import { order } from '../../../functions/order/order.ts';
import { place } from '../../../functions/order/place.ts';
import { type Fact, shop } from '../../../functions/shop.ts';
import { scene } from '../../support/engine-runs.ts';
import { customerId, facts, items, orderIdOf, paymentMethod } from '../../support/facts.ts';
import { httpEvent, problemOf } from '../../support/http-event.ts';
import { sampledFact } from '../../support/sampled-facts.ts';

const MAX_SECONDS = 10;

/** What the last participants say of their turn. A project may have others than the shop has. */
const turns = (kind: 'step' | 'failure' | 'wait'): readonly Fact[] => {
  const last = shop.completes.map((type) => shop.publisherOf(type));
  const types = shop.eventTypes.filter(
    (type) => shop.kindOf(type) === kind && last.includes(shop.publisherOf(type)),
  );
  const all = types.map(
    (type) => (facts as Partial<Record<string, Fact>>)[type] ?? (sampledFact(shop, type) as Fact),
  );
  // One failure has a saga undone; all have to be through.
  return kind === 'step' ? all : all.slice(0, 1);
};

/** Orders in a real table, and an environment that places them. */
function shopWith(maxSeconds = MAX_SECONDS) {
  let nowMs = 1_800_000_000_000;
  const here = scene([], () => nowMs);
  const admission = whileWaitIsShort(order, here.edges, () => maxSeconds);
  let orders = 0;
  const give = (from: number, count: number, input: (nth: number) => Command<Placed> | Fact) =>
    run(
      order,
      Array.from({ length: count }, (_, nth) => ({ sagaId: orderIdOf(from + nth), input: input(nth) })),
      here.edges,
    );
  const begin = async (count: number) => {
    const placed = { customerId, items, paymentMethod, fingerprint: 'f', createdAtMs: nowMs };
    await give(orders, count, () => ({ type: 'place', placed }));
    for (let nth = 0; nth < count; nth += 1) admission.began(orderIdOf(orders + nth));
    orders += count;
  };
  /** What the next request hears, once the table has answered the one before. */
  const nextAfter = async (ms: number): Promise<string> => {
    nowMs += ms;
    const heard = problemOf(() => admission.admit());
    await new Promise((resolve) => setImmediate(resolve));
    return heard;
  };
  /** Three times as many come as get through. Of those who come so many fail at the first step, at once. */
  const flood = async (end = turns('step'), early = 0) => {
    for (let second = 0; second < 10; second += 1) {
      await begin(30);
      await give(orders - early, early, () => facts['stock.rejected']);
      await nextAfter(1_000);
      for (const fact of end) await give(second * 10, 10, () => fact);
    }
    await nextAfter(1_000);
  };
  return { ...here, admission, begin, nextAfter, flood };
}

beforeEach(() => {
  vi.spyOn(process.stdout, 'write').mockReturnValue(true);
});
afterEach(() => {
  vi.restoreAllMocks();
});

const request = httpEvent({
  headers: { 'content-type': 'application/json', 'idempotency-key': 'a' },
  body: JSON.stringify({ items: [{ sku: 'mug', quantity: 1 }], paymentMethod }),
  authorizer: { principalId: 'alice', role: 'customer' },
});

describe('nobody is let in who would wait too long', () => {
  test.each(
    (
      [
        ['are through', turns('step')],
        ['are being undone', turns('failure')],
        ['wait for somebody', turns('wait')],
      ] as const
    ).filter(([, end]) => end.length > 0),
  )('while three times as many come as %s', async (_, end) => {
    const { flood, nextAfter } = shopWith();
    await flood(end);
    expect(await nextAfter(0)).toBe('busy');
  });

  // Fails where whoever has ended had its turn: one order that is out of stock, and nobody seems to wait.
  test('though some of those who come fail before they have to wait', async () => {
    const { flood, nextAfter } = shopWith();
    await flood(turns('step'), 5);
    expect(await nextAfter(0)).toBe('busy');
  });

  test('but everybody, if the wait may be longer', async () => {
    const { flood, nextAfter } = shopWith(100);
    await flood();
    expect(await nextAfter(0)).toBe('no problem');
  });

  test('and everybody again when the others are through', async () => {
    const { flood, nextAfter } = shopWith();
    await flood();
    expect(await nextAfter(0)).toBe('busy');
    expect(await nextAfter(30_000)).toBe('no problem');
  });

  test('if the table does not answer, everybody is let in', async () => {
    const { store, begin, nextAfter } = shopWith();
    store.beforeRead = () => {
      throw new StoreUnavailableError('down');
    };
    await begin(1_000);
    for (let second = 0; second < 20; second += 1) expect(await nextAfter(1_000)).toBe('no problem');
  });

  test('the table is asked once a second at most, for few records, and not while few have begun', async () => {
    const { store, begin, nextAfter } = shopWith();
    await begin(19);
    await nextAfter(1_000);
    expect(store.reads).toEqual([]);
    await begin(500);
    await nextAfter(1_000);
    for (let more = 0; more < 100; more += 1) await nextAfter(5);
    expect(store.reads.map((keys) => keys.length)).toEqual([1, 10, 10]);
  });

  test('without a limit the table is never asked', async () => {
    const { store, flood } = shopWith(Number.POSITIVE_INFINITY);
    await flood();
    // A look begins with one record; an order's own steps read all of a batch together.
    expect(store.reads.filter((keys) => keys.length === 1)).toEqual([]);
  });
});

test('who is not let in hears 503 and when to come again; nothing is read of the request, and nothing written', async () => {
  const { store, edges, admission, flood } = shopWith();
  await flood();
  const written = store.writes.length;
  for (const each of [request, httpEvent({ body: 'no JSON' })]) {
    const reply = (await place(edges, admission)(each, {} as never)) as HttpReply;
    expect([reply.statusCode, reply.headers?.['content-type']]).toEqual([503, 'application/problem+json']);
    expect(Number(reply.headers?.['retry-after'])).toBeGreaterThanOrEqual(2);
    expect(Number(reply.headers?.['retry-after'])).toBeLessThanOrEqual(30);
    expect(JSON.parse(reply.body)).toMatchObject({ type: 'urn:order-saga:problem:busy', status: 503 });
  }
  expect(store.writes).toHaveLength(written);
});

// Fails where it joins the line: an order that ended long ago would say that all before it are through.
test('an order that is placed again joins no line', async () => {
  let nowMs = 1_800_000_000_000;
  const { edges } = scene([], () => nowMs);
  const began: string[] = [];
  const admission = { admit: () => {}, began: (sagaId: string) => began.push(sagaId) };
  for (let time = 0; time < 3; time += 1) {
    const reply = (await place(edges, admission)(request, {} as never)) as HttpReply;
    expect(reply.statusCode).toBe(202);
    nowMs += 1_000;
  }
  expect(began).toHaveLength(1);
});

describe('the longest wait', () => {
  test.each([undefined, '', 'none'])('is not limited by %j', (text) => {
    expect(waitLimit(text)).toBe(Number.POSITIVE_INFINITY);
  });

  test('is a number of seconds', () => expect(waitLimit('10')).toBe(10));

  test.each(['0', '-1', '1.5', '10s'])('cannot be %j', (text) => {
    expect(() => waitLimit(text)).toThrow(
      `MAX_EXPECTED_WAIT_SECONDS is ${JSON.stringify(text)}: it has to be a number of seconds, or none`,
    );
  });
});
