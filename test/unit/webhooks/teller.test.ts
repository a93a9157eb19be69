import { beforeEach, describe, expect, test } from 'vitest';
import { subscribersFrom } from '../../../functions/subscribers.ts';
import { deliveryIn, deliveryKey } from '../../../functions/webhooks/delivery.ts';
import { DeliveryError } from '../../../functions/webhooks/post.ts';
import { Teller } from '../../../functions/webhooks/teller.ts';
import { orderIdOf } from '../../support/facts.ts';
import { MemoryStore } from '../../support/memory-store.ts';

const orderId = orderIdOf(1);
const confirmed = { amountMinor: 2_580, currency: 'EUR' };
const subscribers = subscribersFrom('erp=https://erp.example, crm=https://crm.example order.confirmed');
const [erp, crm] = subscribers as [(typeof subscribers)[0], (typeof subscribers)[0]];
const secrets = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;

let store: MemoryStore;
let nowMs: number;
let sent: { readonly to: string; readonly id: string; readonly body: string }[];
let fails: (url: string) => DeliveryError | undefined;
let teller: Teller;

const tellerOf = () =>
  new Teller(
    { store, now: () => nowMs },
    {
      post: async (url, body, headers) => {
        const { hostname } = new URL(url);
        sent.push({ to: hostname, id: headers['webhook-id'], body });
        const error = fails(hostname);
        if (error !== undefined) throw error;
      },
      secretsOf: async () => secrets,
    },
  );

beforeEach(() => {
  store = new MemoryStore();
  nowMs = Date.parse('2026-01-01T00:00:00Z');
  sent = [];
  fails = () => undefined;
  teller = tellerOf();
});

const stored = (subscriber = erp, type: 'order.confirmed' | 'order.cancelled' = 'order.confirmed') => {
  const item = store.items.get(deliveryKey(orderId, type, subscriber));
  return item && deliveryIn(item);
};
const sentTo = (name: string) => sent.filter(({ to }) => to === `${name}.example`);

test('each subscriber is told once, however often the outcome comes', async () => {
  await teller.tell(orderId, confirmed, subscribers);
  await teller.tell(orderId, confirmed, subscribers);
  await tellerOf().tell(orderId, confirmed, subscribers);
  expect(sent.map(({ to }) => to)).toEqual(['erp.example', 'crm.example']);
  expect(stored()).toMatchObject({
    status: 'DELIVERED',
    attempts: 1,
    deliveredAt: '2026-01-01T00:00:00.000Z',
  });
});

test('what is told: the order, how it ended, and nothing of its customer', async () => {
  await teller.tell(orderId, confirmed, [erp]);
  await teller.tell(orderId, { code: 'OUT_OF_STOCK' }, [erp]);
  const timestamp = '2026-01-01T00:00:00.000Z';
  expect(sent.map(({ id, body }) => [id, JSON.parse(body)])).toEqual([
    [
      `${orderId}:order.confirmed`,
      {
        type: 'order.confirmed',
        timestamp,
        data: { orderId, status: 'CONFIRMED', totalMinor: 2_580, currency: 'EUR' },
      },
    ],
    [
      `${orderId}:order.cancelled`,
      {
        type: 'order.cancelled',
        timestamp,
        data: { orderId, status: 'CANCELLED', reason: { code: 'OUT_OF_STOCK' } },
      },
    ],
  ]);
});

test('who does not want to know of an outcome is not told', async () => {
  await teller.tell(orderId, { code: 'DEADLINE' }, subscribers);
  expect(sent.map(({ to }) => to)).toEqual(['erp.example']);
  expect(stored(crm, 'order.cancelled')).toBeUndefined();
});

test('only who has not heard is told again, with the same id and body', async () => {
  fails = (to) =>
    to === 'erp.example' && sentTo('erp').length < 3 ? new DeliveryError('status 503') : undefined;
  for (const attempts of [1, 2]) {
    await expect(teller.tell(orderId, confirmed, subscribers)).rejects.toThrow('erp: status 503');
    expect(stored()).toMatchObject({ status: 'PENDING', attempts, lastError: 'status 503' });
    nowMs += 60_000;
  }
  await teller.tell(orderId, confirmed, subscribers);
  expect(stored()).toMatchObject({ status: 'DELIVERED', attempts: 3 });
  expect(stored()).not.toHaveProperty('lastError');
  expect(sentTo('crm')).toHaveLength(1);
  expect(new Set(sentTo('erp').map((each) => JSON.stringify(each))).size).toBe(1);
});

test('a secret that is none fails the delivery, and nothing is sent', async () => {
  const careless = new Teller(
    { store, now: () => nowMs },
    { post: async () => {}, secretsOf: async () => 'hunter2' },
  );
  await expect(careless.tell(orderId, confirmed, [erp])).rejects.toThrow('erp: the signing secret');
  expect(JSON.stringify(stored())).not.toContain('hunter2');
});

test('a secret that cannot be read is said without the words of its store', async () => {
  const denied = Object.assign(new Error('arn:aws:sts::1234:role/x is not authorized'), {
    name: 'AccessDenied',
  });
  const locked = new Teller(
    { store, now: () => nowMs },
    { post: async () => {}, secretsOf: () => Promise.reject(denied) },
  );
  const failure = locked.tell(orderId, confirmed, [erp]);
  await expect(failure).rejects.toThrow(/^erp: its secret cannot be read: AccessDenied$/);
  expect(JSON.stringify(stored())).not.toContain('arn:');
});

// Fails where a whole batch connects at once: on a small function healthy subscribers would time out.
test('a flood of orders is told 50 at a time, and nobody who does not answer is asked for each of them', async () => {
  let [open, most, calls] = [0, 0, 0];
  const slow = new Teller(
    { store, now: () => nowMs },
    {
      post: async () => {
        [open, calls] = [open + 1, calls + 1];
        most = Math.max(most, open);
        await new Promise((resolve) => setTimeout(resolve, 1));
        open -= 1;
        throw new DeliveryError('no answer in time', true);
      },
      secretsOf: async () => secrets,
    },
  );
  const told = Array.from({ length: 120 }, (_, index) => slow.tell(orderIdOf(index), confirmed, [erp]));
  const ended = await Promise.allSettled(told);
  expect(ended.every(({ status }) => status === 'rejected')).toBe(true);
  expect([most, calls]).toEqual([50, 50]);
});

describe('a crash', () => {
  test('before the answer is written sends it again under the same id', async () => {
    let writes = 0;
    store.beforeWrite = () => {
      writes += 1;
      if (writes === 2) throw new Error('killed');
      return undefined;
    };
    await expect(teller.tell(orderId, confirmed, [erp])).rejects.toThrow('killed');
    nowMs += 1_000;
    await teller.tell(orderId, confirmed, [erp]);
    expect(sent).toHaveLength(2);
    expect(sent[0]).toEqual(sent[1]);
  });
});

test('of two that tell at once, a later failure does not undo the delivery', async () => {
  const other = tellerOf();
  let isFirst = true;
  fails = () => {
    if (!isFirst) return undefined;
    isFirst = false;
    return new DeliveryError('status 500');
  };
  // The second delivers while the first still waits for its refusal to be written.
  store.beforeWrite = async (writes) => {
    const [write] = writes;
    if (write?.kind !== 'put' || write.item.lastError === undefined) return undefined;
    store.beforeWrite = () => undefined;
    await other.tell(orderId, confirmed, [erp]);
    return undefined;
  };
  await expect(teller.tell(orderId, confirmed, [erp])).rejects.toThrow('status 500');
  expect(stored()).toMatchObject({ status: 'DELIVERED', attempts: 1 });
});

test('who does not answer in time is not asked for a while, so that nobody waits for it again', async () => {
  fails = (to) => (to === 'erp.example' ? new DeliveryError('no answer in time', true) : undefined);
  await expect(teller.tell(orderId, confirmed, subscribers)).rejects.toThrow('erp: no answer in time');
  for (const number of [2, 3]) {
    const tell = teller.tell(orderIdOf(number), confirmed, subscribers);
    await expect(tell).rejects.toThrow('erp: it has not answered just now');
  }
  expect([sentTo('erp').length, sentTo('crm').length]).toEqual([1, 3]);
  nowMs += 10_000;
  fails = () => undefined;
  await teller.tell(orderIdOf(2), confirmed, subscribers);
  expect(sentTo('erp')).toHaveLength(2);
});
