import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { HttpReply } from '../../../engine/http/http.ts';
import { waitingLimit, whileFewWait } from '../../../engine/initiator/waiting-limit.ts';
import { place } from '../../../functions/order/place.ts';
import { shop } from '../../../functions/shop.ts';
import { scene } from '../../support/engine-runs.ts';
import { paymentMethod } from '../../support/facts.ts';
import { httpEvent, problemOf } from '../../support/http-event.ts';

const MAX_WAITING = 100;

/** A broker that says how many wait, or does not answer, and a clock. */
function door(maxWaiting = MAX_WAITING) {
  const broker = { waiting: 0, asked: 0, isDown: false };
  let nowMs = 1_000_000;
  const admission = whileFewWait(
    async () => {
      broker.asked += 1;
      if (broker.isDown) throw new Error('the broker is down');
      return broker.waiting;
    },
    () => nowMs,
    () => maxWaiting,
    'order',
  );
  /** What the next request hears, once the broker has answered the one before. */
  const nextAfter = async (ms: number): Promise<string> => {
    nowMs += ms;
    const heard = problemOf(() => admission.admit());
    await vi.waitFor(() => Promise.resolve());
    return heard;
  };
  return { admission, broker, nextAfter };
}

beforeEach(() => {
  vi.spyOn(process.stdout, 'write').mockReturnValue(true);
});
afterEach(() => {
  vi.restoreAllMocks();
});

describe('nobody is let in who would wait past the deadline', () => {
  test('while too many wait, and everybody again once they do not', async () => {
    const { broker, nextAfter } = door();
    broker.waiting = MAX_WAITING + 1;
    expect(await nextAfter(0)).toBe('no problem');
    expect(await nextAfter(1)).toBe('busy');
    broker.waiting = MAX_WAITING;
    expect(await nextAfter(2_000)).toBe('busy');
    expect(await nextAfter(1)).toBe('no problem');
  });

  test('the broker is asked every few seconds at most, however many requests come, and no request waits for it', async () => {
    const { admission, broker } = door();
    for (let request = 0; request < 1_000; request += 1) admission.admit();
    expect(broker.asked).toBe(1);
  });

  // Fails where the last answer counts for ever: an environment that slept through the night lets nobody in.
  test('an old answer counts for nothing', async () => {
    const { broker, nextAfter } = door();
    broker.waiting = MAX_WAITING + 1;
    await nextAfter(0);
    expect(await nextAfter(1)).toBe('busy');
    expect(await nextAfter(60_000)).toBe('no problem');
    expect(await nextAfter(1)).toBe('busy');
  });

  test('if the broker does not say, everybody is let in', async () => {
    const { broker, nextAfter } = door();
    broker.isDown = true;
    expect(await nextAfter(0)).toBe('no problem');
    expect(await nextAfter(3_000)).toBe('no problem');
    expect(broker.asked).toBe(2);
  });

  test('without a limit the broker is never asked', () => {
    const { admission, broker } = door(Number.POSITIVE_INFINITY);
    admission.admit();
    expect(broker.asked).toBe(0);
  });
});

test('who is not let in hears 503, when to come again, and nothing is written', async () => {
  const { store, edges } = scene();
  const { admission, broker, nextAfter } = door();
  broker.waiting = MAX_WAITING + 1;
  await nextAfter(0);
  const request = httpEvent({
    headers: { 'content-type': 'application/json', 'idempotency-key': 'a' },
    body: JSON.stringify({ items: [{ sku: 'mug', quantity: 1 }], paymentMethod }),
    authorizer: { principalId: 'alice', role: 'customer' },
  });
  const reply = (await place(edges, admission)(request, {} as never)) as HttpReply;
  expect([reply.statusCode, reply.headers?.['content-type']]).toEqual([503, 'application/problem+json']);
  expect(Number(reply.headers?.['retry-after'])).toBeGreaterThan(2);
  expect(JSON.parse(reply.body)).toMatchObject({ type: 'urn:order-saga:problem:busy', status: 503 });
  expect(store.items.size).toBe(0);
});

describe('the number that may wait', () => {
  test.each([undefined, '', 'none'])('is not limited by %j', (text) => {
    expect(waitingLimit(shop, { MAX_WAITING: text })).toBe(Number.POSITIVE_INFINITY);
  });

  // Fails where it is not divided: the broker is asked for one queue of several.
  test('is divided among the queues of a service', () => {
    expect(waitingLimit(shop, { MAX_WAITING: '800' })).toBe(800);
    expect(waitingLimit(shop, { MAX_WAITING: '800', QUEUE_SHARDS: 'payment=4' })).toBe(200);
  });

  test.each(['0', '-1', 'many', '1.5'])('cannot be %j', (text) => {
    expect(() => waitingLimit(shop, { MAX_WAITING: text })).toThrow(
      `MAX_WAITING is ${JSON.stringify(text)}: it has to be a number of messages, or none`,
    );
  });
});
