import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { type Item, StoreUnavailableError } from '../../../engine/batch/store.ts';
import { isStill, type Trouble, troubleIn, troubleItem, troubleKey } from '../../../engine/batch/trouble.ts';
import { deadLetters } from '../../../engine/dead-letters/dead-letters.ts';
import { type DeadLetterContent, PageCollector } from '../../../engine/dead-letters/page.ts';
import { seal } from '../../../engine/saga/envelope.ts';
import { order } from '../../../functions/order/order.ts';
import { shop } from '../../../functions/shop.ts';
import { deadLetterOf } from '../../support/dead-letters.ts';
import { scene } from '../../support/engine-runs.ts';
import { facts, orderIdOf } from '../../support/facts.ts';
import { orderItem } from '../../support/fuzz/saga-items.ts';
import { httpEvent } from '../../support/http-event.ts';
import { catchLog, type Line } from '../../support/logged.ts';
import type { MemoryStore } from '../../support/memory-store.ts';

/**
 * Goal: nobody is told to redrive a dead letter that is none any more. Method: the calls about dead letters, of messages of
 * which it is noted that they are some.
 */
const sagaId = orderIdOf(1);
const key = troubleKey(order.table, sagaId);
const body = JSON.stringify(seal(shop, facts['payment.captured'], { sagaId, nowMs: 0 }));
const captured = deadLetterOf({
  ...{ messageId: `${sagaId}:payment.captured`, type: 'payment.captured', origin: 'payment' },
  ...{ body, reason: 'gave up' },
});
const trouble: Trouble = {
  ...{ atMs: 1_000, because: 'payment.captured', error: 'Error: down', attempts: 3, isDeadLetter: true },
};

let lines: readonly Line[];
beforeEach(() => {
  lines = catchLog();
});
afterEach(() => vi.restoreAllMocks());

interface Wish {
  readonly act: 'redrive' | 'discard';
  readonly body?: object;
  readonly noted?: Trouble;
}

/** Acts on dead letters. `meanwhile`: before they have left their queue. */
async function acted(wish: Wish, meanwhile: (store: MemoryStore) => void = () => {}) {
  const { act, noted = trouble } = wish;
  const here = scene([orderItem(sagaId, 'PENDING'), troubleItem(key, noted)]);
  const handler = deadLetters(order, here.edges, () => ({
    visit: async (_, request, look) => {
      const page = new PageCollector<DeadLetterContent & { readonly remove: () => void }>(request);
      page.offer({ ...captured, remove: () => {} });
      const result = await look({ deadLetters: page.deadLetters, hasMore: page.hasMore, isWhole: true });
      meanwhile(here.store);
      return result;
    },
  }));
  const event = {
    ...httpEvent({
      authorizer: { principalId: 'olga', role: 'operator' },
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ reason: 'mended', type: 'payment.captured', ...wish.body }),
    }),
    httpMethod: 'POST',
    resource: `/dead-letters/order/${act}`,
  };
  const { statusCode } = await handler(event, {} as never);
  expect(statusCode).toBe(200);
  return { found: troubleIn(here.store.items.get(key) as Item), now: here.edges.now() };
}

describe.each(['redrive', 'discard'] as const)('a %s', (act) => {
  test('ends what is noted of its dead letter, which stands in the history', async () => {
    const { found, now } = await acted({ act });
    expect(found).toEqual({ ...trouble, overMs: now });
    expect(isStill(found, undefined)).toBe(false);
  });

  test('that is only tried ends nothing', async () => {
    expect((await acted({ act, body: { dryRun: true } })).found).toEqual(trouble);
  });

  test.each([
    ['of another event', { ...trouble, because: 'stock.released' }],
    ['of a message that is tried again', { ...trouble, isDeadLetter: undefined, nextTryMs: 2_000 }],
    ['that is over', { ...trouble, overMs: 7 }],
  ] as const)('ends nothing %s', async (_, noted) => {
    const { isDeadLetter, ...rest } = noted;
    const given = isDeadLetter ? { ...rest, isDeadLetter } : rest;
    expect((await acted({ act, noted: given })).found).toEqual(given);
  });

  // Fails where the note of a moment ago is ended by its key alone.
  test('does not end what became of the message meanwhile', async () => {
    const again = { ...trouble, atMs: 2_000 };
    const { found } = await acted({ act }, ({ items }) => void items.set(key, troubleItem(key, again)));
    expect(found).toEqual(again);
  });

  test('is done all the same where that cannot be written, and logged', async () => {
    const silent = (store: MemoryStore) => {
      store.beforeWrite = () => {
        throw new StoreUnavailableError('silent');
      };
    };
    expect((await acted({ act }, silent)).found).toEqual(trouble);
    expect(lines).toContainEqual(expect.objectContaining({ error: expect.stringContaining('silent') }));
  });
});
