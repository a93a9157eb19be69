import { describe, expect, test } from 'vitest';
import { run } from '../../../engine/batch/run.ts';
import { reading } from '../../../engine/initiator/read.ts';
import { withPermits } from '../../../engine/initiator/wait-for-news.ts';
import { WaitPermits } from '../../../engine/initiator/wait-permits.ts';
import type { Fact } from '../../../functions/shop.ts';
import { scene } from '../../support/engine-runs.ts';
import { customerId, facts, orderIdOf } from '../../support/facts.ts';
import { orderItem } from '../../support/fuzz/saga-items.ts';
import { httpEvent } from '../../support/http-event.ts';
import { order } from '../../support/three-services.ts';

/**
 * Goal: who prefers to wait hears of the end at once when it comes, and nobody waits for more than it asked, or keeps more
 * environments busy than there are permits. Method: time is virtual, and an order gets its events while somebody waits.
 */
const sagaId = orderIdOf(1);

function shop(permits = 1) {
  let nowMs = 1_800_000_000_000;
  const startedMs = nowMs;
  const { edges: still, store } = scene([orderItem(sagaId, 'PENDING')], () => nowMs);
  const edges = { ...still, now: () => nowMs };
  const comes: { readonly atMs: number; readonly fact: Fact }[] = [];
  const pause = async (ms: number) => {
    nowMs += ms;
    // What came before comes again, which changes nothing.
    for (const { atMs, fact } of comes)
      if (atMs <= nowMs - startedMs) await run(order, [{ sagaId, input: fact }], edges);
  };
  const random = (() => {
    let count = 0;
    return () => ((count++ % permits) + 0.5) / permits;
  })();
  const permitsOf = () => new WaitPermits(store, permits, random);
  const get = reading(
    order,
    edges,
    withPermits(permitsOf, () => nowMs, pause),
  );
  const ask = async (headers: Record<string, string>) => {
    const askedMs = nowMs;
    const authorizer = { principalId: customerId, role: 'customer' };
    const reply = await get(httpEvent({ authorizer, path: { orderId: sagaId }, headers }), {} as never);
    const status = reply.body === '' ? undefined : JSON.parse(reply.body).status;
    return { code: reply.statusCode, status, waitedMs: nowMs - askedMs, headers: reply.headers ?? {} };
  };
  return {
    ask,
    store,
    permitsOf,
    comes: (atMs: number, fact: Fact) => comes.push({ atMs, fact }),
    pass: (ms: number) => {
      nowMs += ms;
    },
    get nowMs() {
      return nowMs;
    },
  };
}

describe('GET with Prefer: wait', () => {
  test('answers as soon as the order has ended', async () => {
    const { ask, comes } = shop();
    comes(3_000, facts['payment.captured']);
    const { code, status, waitedMs, headers } = await ask({ prefer: 'wait=10' });
    expect([code, status, headers['preference-applied']]).toEqual([200, 'CONFIRMED', 'wait=10']);
    expect(waitedMs).toBeGreaterThanOrEqual(3_000);
    expect(waitedMs).toBeLessThanOrEqual(3_500);
  });

  test('answers as soon as the order waits for somebody: its customer has to act', async () => {
    const { ask, comes } = shop();
    comes(1_000, facts['payment.challenged']);
    const { status, waitedMs } = await ask({ prefer: 'wait=10' });
    expect(status).toBe('PENDING');
    expect(waitedMs).toBeLessThanOrEqual(1_500);
  });

  test.each([
    ['wait=2', 2_000],
    ['respond-async, wait=2', 2_000],
    ['Wait = "2"; x=y', 2_000],
    ['wait=3600', 10_000],
    ['wait=2, wait=5', 2_000],
    ['wait=-1', 0],
    ['wait=2.5', 0],
    ['wait=0', 0],
    ['wait', 0],
    ['await=5', 0],
    ['wait=9999999999', 0],
    ['', 0],
  ])('%s: waits %i ms at most', async (prefer, ms) => {
    const { code, status, waitedMs } = await shop().ask({ prefer });
    expect([code, status, waitedMs]).toEqual([200, 'PENDING', ms]);
  });

  test('does not wait for an order that has ended', async () => {
    const { ask, comes } = shop();
    comes(100, facts['payment.captured']);
    await ask({ prefer: 'wait=1' });
    expect((await ask({ prefer: 'wait=10' })).waitedMs).toBe(0);
  });
});

describe('an entity tag', () => {
  test('of what the caller knows is answered with 304 and nothing else', async () => {
    const { ask } = shop();
    const { headers } = await ask({});
    const { code, status, headers: again } = await ask({ 'if-none-match': `"x", ${headers.etag}` });
    expect([code, status, again.etag]).toEqual([304, undefined, headers.etag]);
    expect((await ask({ 'if-none-match': '"x"' })).code).toBe(200);
    expect((await ask({ 'if-none-match': '*' })).code).toBe(304);
  });

  test('with Prefer: whatever is new is news', async () => {
    const { ask, comes } = shop();
    const { headers } = await ask({});
    comes(2_000, facts['payment.challenged']);
    const news = { 'if-none-match': String(headers.etag), prefer: 'wait=5' };
    const first = await ask(news);
    expect([first.code, first.waitedMs >= 2_000, first.waitedMs <= 2_500]).toEqual([200, true, true]);
    // It waits for its customer, as the caller knows: that is no news any more.
    const second = await ask({ ...news, 'if-none-match': String(first.headers.etag) });
    expect([second.code, second.waitedMs]).toEqual([304, 5_000]);
  });

  test('says that nothing will come once the order has ended', async () => {
    const { ask, comes } = shop();
    comes(100, facts['payment.captured']);
    const { headers } = await ask({ prefer: 'wait=1' });
    const { code, waitedMs } = await ask({ 'if-none-match': String(headers.etag), prefer: 'wait=10' });
    expect([code, waitedMs]).toEqual([304, 0]);
  });
});

describe('a permit', () => {
  // Fails where a function that waits has no limit: enough of them take every environment of the account.
  test('is needed to wait; who finds none is answered at once, and is told', async () => {
    const street = shop(2);
    const holders = [
      await street.permitsOf().take(street.nowMs, 10_000),
      await street.permitsOf().take(street.nowMs, 10_000),
    ];
    const { code, waitedMs, headers } = await street.ask({ prefer: 'wait=10' });
    expect([code, waitedMs, headers['preference-applied']]).toEqual([200, 0, undefined]);
    await holders[0]?.();
    expect((await street.ask({ prefer: 'wait=1' })).waitedMs).toBe(1_000);
  });

  test('of a function that died is free after its time', async () => {
    const street = shop();
    await street.permitsOf().take(street.nowMs, 10_000);
    street.pass(10_000);
    expect((await street.ask({ prefer: 'wait=1' })).waitedMs).toBe(1_000);
  });

  test('is not given back by somebody whose time was over, if another has it', async () => {
    const street = shop();
    const giveBack = await street.permitsOf().take(street.nowMs, 1_000);
    street.pass(1_000);
    await street.permitsOf().take(street.nowMs, 10_000);
    await giveBack?.();
    expect((await street.ask({ prefer: 'wait=1' })).waitedMs).toBe(0);
  });

  test('goes to one of several that want it at the same time', async () => {
    const street = shop();
    const takes = [1, 2, 3, 4, 5].map(() => street.permitsOf().take(street.nowMs, 10_000));
    expect((await Promise.all(takes)).filter((giveBack) => giveBack !== undefined)).toHaveLength(1);
  });

  test('costs two writes, and none if nobody waits', async () => {
    const street = shop();
    await street.ask({});
    expect(street.store.writes).toHaveLength(0);
    await street.ask({ prefer: 'wait=1' });
    expect(street.store.writes).toHaveLength(2);
  });
});
