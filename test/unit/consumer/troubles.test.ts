import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { Deferred } from '../../../engine/batch/deferred.ts';
import { type Item, StoreUnavailableError } from '../../../engine/batch/store.ts';
import { isStill, troubleIn } from '../../../engine/batch/trouble.ts';
import { consume } from '../../../engine/consumer/consume.ts';
import type { RabbitMqEvent } from '../../../engine/consumer/rabbitmq-event.ts';
import { seal } from '../../../engine/saga/envelope.ts';
import { Pending } from '../../../engine/saga/external-step.ts';
import { parseRetryDelays } from '../../../engine/saga/routes.ts';
import type { SagaRecord } from '../../../engine/saga/table.ts';
import type { Provider } from '../../../functions/payment/decide.ts';
import { payment } from '../../../functions/payment/payment.ts';
import { shop } from '../../../functions/shop.ts';
import { scene } from '../../support/engine-runs.ts';
import { facts, orderIdOf } from '../../support/facts.ts';
import { prepare } from '../../support/prepared.ts';

/** Goal: what a participant last failed on can be read beside its record, and costs nothing where nothing fails. */
const sagaId = orderIdOf(1);
const KEY = `trouble#${sagaId}`;
const delays = parseRetryDelays('1s,5s');
const unasked = () => Promise.reject(new Error('nobody asks'));

const bodyOf = (type: keyof typeof facts): string =>
  JSON.stringify(seal(shop, facts[type], { sagaId, nowMs: Date.parse('2026-01-01T00:00:00Z') }));

const event = (
  body: string,
  userId: string,
  headers: Readonly<Record<string, unknown>> = {},
  messageId = 'any',
): RabbitMqEvent => ({
  eventSource: 'aws:rmq',
  eventSourceArn: 'arn:aws:mq:eu-central-1:000000000000:broker:test:b-0',
  rmqMessagesByQueue: {
    'payment::/': [
      {
        basicProperties: { messageId, type: null, contentType: null, userId, headers },
        redelivered: false,
        data: Buffer.from(body).toString('base64'),
      },
    ],
  },
});

const reserved = (attempts = 0) =>
  event(bodyOf('stock.reserved'), 'inventory', { 'saga-attempts': attempts });

function paying(provider: Partial<Provider>) {
  let nowMs = 1_800_000_000_000;
  const here = scene([], () => nowMs);
  const whole: Provider = { prepare, call: unasked, undo: unasked, observe: unasked, ...provider };
  const handle = consume(payment(whole), here.edges, delays);
  const found = () => {
    const item = here.store.items.get(KEY);
    return item && troubleIn(item);
  };
  return { ...here, handle, found, pass: (ms: number) => (nowMs += ms), now: () => nowMs };
}

beforeEach(() => {
  vi.spyOn(process.stdout, 'write').mockReturnValue(true);
});
afterEach(() => {
  vi.restoreAllMocks();
});

test('nothing is written besides what goes well', async () => {
  const { handle, store } = paying({ call: async () => ({ done: { paymentIntentId: 'pi_1' } }) });
  await handle(reserved());
  await handle(reserved());
  expect([...store.items.keys()]).toEqual([sagaId]);
  expect(store.writes.flat().every(({ kind }) => kind === 'put')).toBe(true);
  expect(store.writes).toHaveLength(2);
});

test('a call that fails is noted with its attempts and the next try, and each further failure, too', async () => {
  const down = async () => {
    throw new RangeError('status 503');
  };
  const { handle, found, publisher, now } = paying({ call: down });
  await handle(reserved());
  const [message] = publisher.published;
  expect(found()).toEqual({
    atMs: now(),
    because: 'stock.reserved',
    error: 'RangeError: status 503',
    attempts: 1,
    nextTryMs: now() + Number(message?.expirationMs),
    version: 1,
  });
  await handle(reserved(1));
  expect(found()).toMatchObject({ attempts: 2 });
});

// Fails where whoever may publish fills a table for good with ids that he has made up.
test('what is noted of no record is kept for 90 days, and what stands beside a record as long as that', async () => {
  const unread = paying({});
  await unread.handle(event('poison', 'inventory', {}, `${sagaId}:stock.reserved`));
  expect(unread.store.items.get(KEY)?.auditExpires).toBe(unread.now() / 1_000 + 90 * 86_400);
  const failed = paying({ call: unasked });
  await failed.handle(reserved());
  expect(failed.store.items.get(KEY)).toMatchObject({ version: 1 });
  expect(failed.store.items.get(KEY)).not.toHaveProperty('auditExpires');
});

test('the last failure says that the message is a dead letter, and when it is tried no more', async () => {
  const { handle, found } = paying({ call: unasked });
  await handle(reserved(delays.length));
  expect(found()).toMatchObject({ attempts: 3, isDeadLetter: true, error: 'Error: nobody asks' });
  expect(found()?.nextTryMs).toBeUndefined();
});

test('what works at a later attempt is over', async () => {
  let isDown = true;
  const { handle, found, pass, now } = paying({
    call: async () => {
      if (isDown) throw new Error('down');
      return { done: { paymentIntentId: 'pi_1' } };
    },
  });
  await handle(reserved());
  expect(found()?.overMs).toBeUndefined();
  isDown = false;
  pass(1_000);
  await handle(reserved(1));
  expect(found()).toMatchObject({ error: 'Error: down', overMs: now() });
});

// Fails where whatever goes well is the end of whatever has failed.
test('what works is not the end of what another message of the saga has failed on', async () => {
  const failing = { call: async () => ({ done: { paymentIntentId: 'pi_1' } }), undo: unasked };
  const { handle, found } = paying(failing);
  await handle(reserved());
  await handle(event(bodyOf('order.cancelling'), 'order'));
  const failed = found();
  expect(failed).toMatchObject({ because: 'order.cancelling', attempts: 1 });
  await handle(reserved(1));
  expect(found()).toEqual(failed);
});

test('an error that is cut within a character is written all the same', async () => {
  const { handle, found } = paying({ call: () => Promise.reject(new Error(`${'a'.repeat(492)}😀`)) });
  await handle(reserved());
  expect(found()?.error.isWellFormed()).toBe(true);
});

test('a message that is not handled for its sender is noted as a dead letter', async () => {
  const { handle, found } = paying({});
  await handle(event(bodyOf('stock.reserved'), 'mallory', {}, `${sagaId}:stock.reserved`));
  expect(found()).toMatchObject({ because: 'stock.reserved', isDeadLetter: true, attempts: 1 });
  expect(found()?.error).toContain('mallory');
});

test('a message that came too often is noted with its next try', async () => {
  const { handle, found } = paying({});
  const headers = { 'x-delivery-count': 5 };
  await handle(event(bodyOf('stock.reserved'), 'inventory', headers, `${sagaId}:stock.reserved`));
  expect(found()).toMatchObject({ because: 'stock.reserved', attempts: 1 });
  expect(found()?.error).toMatch(/^CameTooOften/);
  expect(found()?.nextTryMs).toBeDefined();
});

test('an id that is none of a saga is noted nowhere', async () => {
  const { handle, store } = paying({});
  await handle(event('poison', 'inventory', {}, 'audit#1:stock.reserved'));
  expect(store.writes).toEqual([]);
});

test('an id that names no event of the saga is noted nowhere', async () => {
  const { handle, store } = paying({});
  await handle(event('poison', 'inventory', {}, `${sagaId}:anything`));
  expect(store.writes).toEqual([]);
});

describe('a call that is put off', () => {
  const later = () => Promise.reject(new Deferred('too many calls wait', 700));

  test('is noted without an attempt, and again after a minute only', async () => {
    const { handle, found, pass, now, store } = paying({ prepare: later });
    await handle(reserved());
    expect(found()).toEqual({
      ...{ atMs: now(), because: 'stock.reserved', error: 'too many calls wait' },
      ...{ attempts: 0, nextTryMs: now() + 700 },
    });
    pass(59_000);
    await handle(reserved());
    expect(store.writes).toHaveLength(1);
    pass(1_000);
    await handle(reserved());
    expect(store.writes).toHaveLength(2);
    expect(found()).toMatchObject({ atMs: now() });
  });

  test('is over once it is made', async () => {
    let isBusy = true;
    const { handle, found, now } = paying({
      prepare: async (...wanted) => (isBusy ? await later() : await prepare(...wanted)),
      call: async () => ({ done: { paymentIntentId: 'pi_1' } }),
    });
    await handle(reserved());
    isBusy = false;
    await handle(reserved());
    expect(found()).toMatchObject({ overMs: now() });
  });

  test('only because its batch has no time left is no trouble', async () => {
    const { handle, store } = paying({});
    await handle(reserved(), { getRemainingTimeInMillis: () => -1 });
    expect(store.writes).toEqual([]);
  });
});

test('an outside that has not decided yet is noted, and nobody tries again by itself', async () => {
  const { handle, found } = paying({ call: async () => new Pending('payment intent pi_1 is processing') });
  await handle(reserved());
  const reason = 'not decided yet: payment intent pi_1 is processing';
  expect(found()).toMatchObject({ error: reason, attempts: 1, version: 1 });
  expect(found()?.nextTryMs).toBeUndefined();
  expect(found()?.isDeadLetter).toBeUndefined();
});

test('a table that does not take the note loses no message', async () => {
  const { handle, store, publisher, found } = paying({ call: unasked });
  store.beforeWrite = ([write]) => {
    if (write?.kind === 'put' && write.item.pk === KEY) throw new StoreUnavailableError('throttled');
    return undefined;
  };
  await handle(reserved());
  expect(found()).toBeUndefined();
  expect(publisher.published).toMatchObject([{ exchange: 'payment.retry.1s' }]);
});

test('nothing is noted when the function has no time for it', async () => {
  const { handle, publisher, found } = paying({ call: unasked });
  await handle(reserved(), { getRemainingTimeInMillis: () => 5_999 });
  expect(publisher.published).toMatchObject([{ exchange: 'payment.retry.1s' }]);
  expect(found()).toBeUndefined();
});

describe('a trouble is still one', () => {
  const noted = { atMs: 10, because: 'stock.reserved', error: 'Error: down', attempts: 1 };
  const record = (version: number, updatedAtMs: number) => ({ version, updatedAtMs }) as SagaRecord<unknown>;
  test.each([
    ['before there is a record', noted, undefined, true],
    ['while the record is the same, whatever clocks say', { ...noted, version: 2 }, record(2, 11), true],
    ['until the record has gone on', { ...noted, version: 2 }, record(3, 9), false],
    ['while the record is older, if its version was not known', noted, record(2, 10), true],
    ['until a record is newer, if its version was not known', noted, record(2, 11), false],
    ['until its message was handled', { ...noted, overMs: 12 }, undefined, false],
  ])('%s', (_, trouble, its, is) => {
    expect(isStill(trouble, its)).toBe(is);
  });
});

test('an item with more in it is read all the same', () => {
  const item: Item = { pk: KEY, atMs: 1, because: 'b', error: 'e', attempts: 1, since: 7 };
  expect(troubleIn(item)).toEqual({ atMs: 1, because: 'b', error: 'e', attempts: 1 });
});
