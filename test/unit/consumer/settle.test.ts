import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Delivered, Delivery } from '../../../engine/consumer/rabbitmq-event.ts';
import {
  deadLetterMessage,
  deferredMessage,
  putAside,
  retryMessage,
} from '../../../engine/consumer/settle.ts';
import { parseRetryDelays } from '../../../engine/saga/routes.ts';
import { shop } from '../../../functions/shop.ts';

const delays = parseRetryDelays('1s,5s,30s');
const delivery: Delivery = {
  queue: 'payment.3',
  body: Buffer.from('{}'),
  messageId: 'ord_1:order.placed',
  type: 'order.placed',
  contentType: 'application/cloudevents+json',
  origin: 'order',
  attempts: 0,
};
const error = new RangeError('the table is asleep');

describe('a message that failed', () => {
  test.each([
    [0, 'payment.retry.1s', 1_000],
    [1, 'payment.retry.5s', 5_000],
    [2, 'payment.retry.30s', 30_000],
  ])('after %i earlier attempts waits in %s, half of it at least', (attempts, exchange, delayMs) => {
    const message = retryMessage('payment', { ...delivery, attempts }, error, delays);
    expect(message).toMatchObject({
      exchange,
      routingKey: 'payment.3',
      mandatory: true,
      headers: {
        'saga-attempts': attempts + 1,
        'saga-origin': 'order',
        'saga-error': 'RangeError: the table is asleep',
      },
    });
    expect(message.expirationMs).toBeGreaterThanOrEqual(delayMs / 2);
    expect(message.expirationMs).toBeLessThanOrEqual(delayMs);
  });

  test('is the same message afterwards', () => {
    const { body, messageId, type, contentType } = delivery;
    const same = { body, messageId, type, contentType };
    expect(retryMessage('order', delivery, error, delays)).toMatchObject(same);
    expect(deadLetterMessage('order', delivery, 'why')).toMatchObject(same);
  });

  test.each([3, 4, 1_000, 1.5])(
    'after %d earlier attempts is dead-lettered, with the reason and the last error',
    (attempts) => {
      const message = retryMessage('inventory', { ...delivery, attempts }, error, delays);
      expect(message).toMatchObject({
        exchange: 'inventory.dead',
        routingKey: 'inventory.dead',
        mandatory: true,
        headers: {
          'saga-attempts': attempts + 1,
          'saga-origin': 'order',
          'saga-dead-reason': `gave up after ${attempts + 1} attempts`,
          'saga-error': 'RangeError: the table is asleep',
        },
      });
      expect(message.expirationMs).toBeUndefined();
    },
  );

  test('climbs the whole ladder, each rung once, and ends: no message is retried for ever', () => {
    let attempts = 0;
    const ways: string[] = [];
    for (let turn = 0; turn < 10; turn += 1) {
      const message = retryMessage('order', { ...delivery, attempts }, error, delays);
      ways.push(message.exchange);
      if (message.exchange === 'order.dead') break;
      attempts = Number(message.headers?.['saga-attempts']);
    }
    expect(ways).toEqual(['order.retry.1s', 'order.retry.5s', 'order.retry.30s', 'order.dead']);
  });

  test.each(shop.services)(
    'of %s comes back to the queue it failed in, and is dead-lettered there',
    (service) => {
      for (const queue of [service, `${service}.3`]) {
        expect(retryMessage(service, { ...delivery, queue }, error, delays).routingKey).toBe(queue);
      }
      expect(deadLetterMessage(service, delivery, 'why').routingKey).toBe(`${service}.dead`);
    },
  );

  test('that can never succeed is dead-lettered at its first attempt, without an error', () => {
    expect(deadLetterMessage('order', delivery, 'not JSON').headers).toEqual({
      'saga-attempts': 1,
      'saga-origin': 'order',
      'saga-dead-reason': 'not JSON',
    });
  });
});

describe('a message that is deferred', () => {
  const anyDelays = fc
    .uniqueArray(fc.integer({ min: 1, max: 86_400 }), { minLength: 1, maxLength: 6 })
    .map((seconds) => parseRetryDelays(seconds.map((each) => `${each}s`).join(',')));

  // Fails where it is retried like one that failed: after some rounds it is a dead letter.
  test('is no dead letter, however often, and no attempt is counted', () => {
    fc.assert(
      fc.property(fc.nat(1_000), fc.nat(90_000_000), anyDelays, (attempts, afterMs, ladder) => {
        const message = deferredMessage('payment', { ...delivery, attempts }, afterMs, ladder);
        expect(message.exchange).toMatch(/^payment\.retry\./);
        expect(message.headers).toEqual({ 'saga-attempts': attempts, 'saga-origin': 'order' });
        const { body, messageId, type, contentType, queue: routingKey } = delivery;
        expect(message).toMatchObject({ body, messageId, type, contentType, routingKey, mandatory: true });
      }),
    );
  });

  test('waits as long as it was said, or as long as it can if no delay is so long', () => {
    fc.assert(
      fc.property(fc.nat(90_000_000), anyDelays, (afterMs, ladder) => {
        const { exchange, expirationMs } = deferredMessage('payment', delivery, afterMs, ladder);
        const longEnough = ladder.filter(({ delayMs }) => delayMs >= afterMs).map(({ delayMs }) => delayMs);
        const all = ladder.map(({ delayMs }) => delayMs);
        const best = longEnough.length > 0 ? Math.min(...longEnough) : Math.max(...all);
        expect(exchange).toBe(`payment.retry.${ladder.find(({ delayMs }) => delayMs === best)?.name}`);
        expect(expirationMs).toBe(Math.max(1, Math.min(afterMs, best)));
      }),
    );
  });
});

describe('jitter', () => {
  const [minute] = parseRetryDelays('1m');
  if (minute === undefined) throw new Error('no minute');
  const waitOf = (messageId: string, attempts = 0) =>
    retryMessage('order', { ...delivery, messageId, attempts }, error, [minute, minute, minute])
      .expirationMs ?? Number.NaN;

  test('lies between half of the delay and all of it, as whole milliseconds, and is always the same', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (messageId) => {
        const waitMs = waitOf(messageId);
        expect(waitMs).toBeGreaterThanOrEqual(30_000);
        expect(waitMs).toBeLessThanOrEqual(60_000);
        expect(Number.isInteger(waitMs)).toBe(true);
        expect(waitOf(messageId)).toBe(waitMs);
      }),
    );
  });

  test('spreads what failed together over the whole of it', () => {
    const waits = Array.from({ length: 1_000 }, (_, order) => waitOf(`ord_${order}:order.placed`));
    const perTenth = Array.from({ length: 10 }, (_, tenth) =>
      waits.filter((waitMs) => Math.min(9, Math.floor((waitMs - 30_000) / 3_000)) === tenth),
    );
    for (const part of perTenth) expect(part.length).toBeGreaterThan(50);
  });

  test('differs from one attempt to the next', () => {
    expect(new Set([0, 1, 2].map((attempts) => waitOf('ord_1:order.placed', attempts))).size).toBe(3);
  });
});

describe('headers are for people to read', () => {
  const long = 'x'.repeat(100_000);

  test('however long an error or a reason is', () => {
    for (const message of [
      retryMessage('order', delivery, new Error(long), delays),
      retryMessage('order', { ...delivery, attempts: 3 }, new Error(long), delays),
      deadLetterMessage('order', delivery, long, long),
    ]) {
      for (const value of Object.values(message.headers ?? {}))
        expect(String(value).length).toBeLessThanOrEqual(500);
    }
  });
});

describe('what came too often', () => {
  const often = (count: number, attempts: number): readonly Delivered[] =>
    Array.from({ length: count }, (_, index) => ({
      ...delivery,
      messageId: `ord_${index}:order.placed`,
      attempts,
      returns: 5,
    }));

  test('has failed an attempt, and says so', () => {
    expect(putAside('payment', often(1, 1), delays)).toMatchObject([
      {
        exchange: 'payment.retry.5s',
        headers: {
          'saga-attempts': 2,
          'saga-error': 'CameTooOften: it came 5 times and was never settled',
        },
      },
    ]);
  });

  test('after the last delay is a dead letter', () => {
    expect(putAside('payment', often(1, 3), delays)).toMatchObject([
      { exchange: 'payment.dead', headers: { 'saga-dead-reason': 'gave up after 4 attempts' } },
    ]);
  });

  // Fails where the longest delay stands first: a delay queue would then return all that stand behind it at once.
  test('comes back one by one', () => {
    const expirations = putAside('payment', often(100, 2), delays).map(
      ({ expirationMs }) => expirationMs ?? 0,
    );
    expect(expirations).toEqual(expirations.toSorted((a, b) => a - b));
    expect(new Set(expirations).size).toBeGreaterThan(90);
  });
});
