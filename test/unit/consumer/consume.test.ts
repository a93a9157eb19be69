import { setImmediate } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { Deferred } from '../../../engine/batch/deferred.ts';
import { BrokerBlockedError } from '../../../engine/batch/publish-error.ts';
import { consume } from '../../../engine/consumer/consume.ts';
import type { RabbitMqEvent } from '../../../engine/consumer/rabbitmq-event.ts';
import { seal } from '../../../engine/saga/envelope.ts';
import { parseRetryDelays } from '../../../engine/saga/routes.ts';
import { payment } from '../../../functions/payment/payment.ts';
import { shop } from '../../../functions/shop.ts';
import { scene } from '../../support/engine-runs.ts';
import { facts, orderIdOf } from '../../support/facts.ts';
import { prepare } from '../../support/prepared.ts';

const record = (body: string, headers: Readonly<Record<string, unknown>> | null = null) => ({
  basicProperties: {
    messageId: body.slice(0, 9),
    type: null,
    contentType: null,
    userId: 'inventory',
    headers,
  },
  redelivered: false,
  data: Buffer.from(body).toString('base64'),
});

const batch = (...bodies: readonly string[]): RabbitMqEvent => ({
  eventSource: 'aws:rmq',
  eventSourceArn: 'arn:aws:mq:eu-central-1:000000000000:broker:test:b-0',
  rmqMessagesByQueue: { 'payment::/': bodies.map((body) => record(body)) },
});

const reserved = JSON.stringify(
  seal(shop, facts['stock.reserved'], { sagaId: orderIdOf(1), nowMs: Date.parse('2026-01-01T00:00:00Z') }),
);
const unasked = () => Promise.reject(new Error('nobody asks'));
const delays = parseRetryDelays('1s');

// Fails where poison is a dead letter before anybody waits for it: the rejection ends the process in mid-charge.
test('a broker that goes away while the provider is asked is an error of the batch, after the charge is recorded', async () => {
  const here = scene();
  const answer = Promise.withResolvers<void>();
  here.publisher.refuses = () => new Error('the broker is gone');
  const handle = consume(
    payment({
      prepare,
      call: async () => {
        await answer.promise;
        return { done: { paymentIntentId: 'pi_1' } };
      },
      undo: unasked,
      observe: unasked,
    }),
    here.edges,
    delays,
  );
  const handling = handle(batch('poison', reserved));
  const failed = expect(handling).rejects.toThrow('the broker is gone');
  for (let turn = 0; turn < 20; turn += 1) await setImmediate();
  answer.resolve();
  await failed;
  expect(here.store.items.get(orderIdOf(1))?.status).toBe('CAPTURED');
});

test('what is deferred waits in a delay queue, and its attempts are those it came with', async () => {
  const here = scene();
  const later = () => Promise.reject(new Deferred('not now', 700));
  const handle = consume(
    payment({ prepare: later, call: unasked, undo: unasked, observe: unasked }),
    here.edges,
    delays,
  );
  await handle(batch(reserved));
  expect(here.publisher.published).toMatchObject([
    {
      exchange: 'payment.retry.1s',
      routingKey: 'payment',
      expirationMs: 700,
      headers: { 'saga-attempts': 0 },
    },
  ]);
});

test('a function with no time left defers all of its batch, and asks nobody', async () => {
  const here = scene();
  const handle = consume(
    payment({ prepare: unasked, call: unasked, undo: unasked, observe: unasked }),
    here.edges,
    delays,
  );
  await handle(batch(reserved), { getRemainingTimeInMillis: () => -1 });
  expect(here.publisher.published).toMatchObject([{ exchange: 'payment.retry.1s', expirationMs: 1 }]);
  expect(here.store.writes).toEqual([]);
});

describe('what came too often', () => {
  const nobody = payment({ prepare: unasked, call: unasked, undo: unasked, observe: unasked });
  const often = (...bodies: readonly string[]): RabbitMqEvent => ({
    ...batch(),
    rmqMessagesByQueue: {
      'payment::/': bodies.map((body) => record(body, { 'x-delivery-count': 5, 'saga-attempts': 0 })),
    },
  });

  // Fails where it is tried again: a message that ends the function would do so for ever.
  test('is not tried, nor even read, but has failed an attempt', async () => {
    const here = scene();
    await consume(nobody, here.edges, delays)(often(reserved, 'poison'));
    expect(here.publisher.published.map(({ exchange }) => exchange)).toEqual([
      'payment.retry.1s',
      'payment.retry.1s',
    ]);
    expect(here.store.writes).toEqual([]);
  });

  // Fails where it is given up as soon as nothing can be published: that is no fault of any message.
  test('has failed no attempt while nothing can be published, however often it comes', async () => {
    const here = scene();
    here.publisher.refuses = () => new Error('the broker takes no messages');
    const handle = consume(nobody, here.edges, delays);
    for (let time = 0; time < 10; time += 1)
      await expect(handle(often(reserved))).rejects.toThrow('takes no messages');
    here.publisher.refuses = () => undefined;
    await handle(often(reserved));
    expect(here.publisher.published).toMatchObject([
      { exchange: 'payment.retry.1s', headers: { 'saga-attempts': 1 } },
    ]);
  });
});

test('what is no RabbitMQ event is refused with what is missing', async () => {
  const handle = consume(
    payment({ prepare: unasked, call: unasked, undo: unasked, observe: unasked }),
    scene().edges,
    delays,
  );
  await expect(handle({} as RabbitMqEvent)).rejects.toThrow('rmqMessagesByQueue is missing');
});

describe('a broker that is short of memory', () => {
  const captures = () => Promise.resolve({ done: { paymentIntentId: 'pi_1' } });
  const blockedFor = (times: number) => {
    let refused = 0;
    return () => (refused++ < times ? new BrokerBlockedError('low on memory') : undefined);
  };
  const paying = ({ edges }: ReturnType<typeof scene>) =>
    consume(payment({ prepare, call: captures, undo: unasked, observe: unasked }), edges, delays);

  // Fails where a blocked publication is a failed attempt: alarm after alarm, good messages use up their attempts.
  test('is waited for while there is time, and that is no failure', async () => {
    const here = scene();
    here.publisher.refuses = blockedFor(2);
    await paying(here)(batch(reserved), { getRemainingTimeInMillis: () => 29_000 });
    expect(here.publisher.published).toMatchObject([{ exchange: 'saga.events', type: 'payment.captured' }]);
  });

  // Fails where it is waited for without end: the function is killed, and its connection stays behind.
  test('fails the batch before the function is killed', async () => {
    let nowMs = 0;
    let refused = 0;
    const here = scene([], () => nowMs);
    here.publisher.refuses = () => {
      nowMs += 9_000;
      refused += 1;
      return new BrokerBlockedError('low on memory');
    };
    const handling = paying(here)(batch(reserved), { getRemainingTimeInMillis: () => 29_000 });
    await expect(handling).rejects.toThrow(BrokerBlockedError);
    // The event as long as there is time, then its message's retry, once.
    expect(refused).toBe(3 + 1);
    expect(here.publisher.published).toEqual([]);
  });
});
