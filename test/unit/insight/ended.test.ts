import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { sagasReader } from '../../../engine/insight/sagas-reader.ts';
import {
  alice,
  BEGIN_MS,
  type Caller,
  DEADLINE_MS,
  olga,
  ShopInMemory,
} from '../../support/shop-in-memory.ts';
import { threeServices as shop } from '../../support/three-services.ts';

/** Goal: whoever looks into a day finds what ended on it, each once, newest first. Method: the real participants in memory. */
const DAY = '2026-01-01';
const HOUR_MS = 3_600_000;

type Query = Readonly<Record<string, string>>;
const ask = async (here: ShopInMemory, path: string, query: Query, caller: Caller = olga) => {
  const insight = { saga: shop, views: here.views, now: () => here.nowMs, deadlineMs: () => DEADLINE_MS };
  return await here.call(sagasReader(insight), caller, { query, resource: `/sagas/${path}` });
};

/** Every page of a list, in its sequence. */
async function pages(here: ShopInMemory, query: Query) {
  const all: Readonly<Record<string, string>>[][] = [];
  let cursor: string | undefined;
  do {
    const { status, body } = await ask(here, 'ended', {
      ...query,
      ...(cursor === undefined ? {} : { cursor }),
    });
    expect([status, body.detail]).toEqual([200, undefined]);
    all.push(body.items);
    cursor = body.cursor;
  } while (cursor !== undefined);
  return all;
}
const idsIn = (all: readonly (readonly Readonly<Record<string, string>>[])[]) =>
  all.flat().map(({ orderId = '' }) => orderId);

beforeEach(() => {
  vi.spyOn(process.stdout, 'write').mockReturnValue(true);
});
afterEach(() => {
  vi.restoreAllMocks();
});

/** A confirmed one, a declined one, one that its customer has cancelled, one that is open, and one of the next day. */
async function someEnds() {
  const here = new ShopInMemory();
  const confirmed = await here.place();
  here.nowMs += HOUR_MS;
  const declined = await here.place('pm_card_chargeDeclined');
  const cancelled = await here.place('pm_card_threeDSecure2Required');
  here.nowMs += 1;
  await here.cancel(cancelled);
  await here.settle();
  const open = await here.place('pm_card_threeDSecure2Required');
  here.nowMs = BEGIN_MS + 24 * HOUR_MS;
  const later = await here.place();
  return { here, confirmed, declined, cancelled, open, later };
}

describe('what ended on a day', () => {
  test('is listed newest first, with when and why', async () => {
    const { here, confirmed, declined, cancelled } = await someEnds();
    const [items = []] = await pages(here, { day: DAY });
    expect(items).toEqual([
      {
        ...{ orderId: cancelled, status: 'CANCELLED', reason: { code: 'CUSTOMER' } },
        ...{ createdAt: '2026-01-01T01:00:00.000Z', endedAt: '2026-01-01T01:00:00.001Z' },
      },
      {
        ...{
          orderId: declined,
          status: 'CANCELLED',
          reason: expect.objectContaining({ code: 'PAYMENT_DECLINED' }),
        },
        ...{ createdAt: '2026-01-01T01:00:00.000Z', endedAt: '2026-01-01T01:00:00.000Z' },
      },
      {
        ...{ orderId: confirmed, status: 'CONFIRMED' },
        ...{ createdAt: '2026-01-01T00:00:00.000Z', endedAt: '2026-01-01T00:00:00.000Z' },
      },
    ]);
  });

  test('fits what is asked for', async () => {
    const { here, confirmed, declined, cancelled, later } = await someEnds();
    const found = async (query: Query) => idsIn(await pages(here, query));
    expect(await found({ day: DAY, status: 'CONFIRMED' })).toEqual([confirmed]);
    expect(await found({ day: DAY, status: 'CANCELLED' })).toEqual([cancelled, declined]);
    expect(await found({ day: DAY, reason: 'PAYMENT_DECLINED' })).toEqual([declined]);
    expect(await found({ day: '2026-01-02' })).toEqual([later]);
    expect(await found({ day: '2025-12-31' })).toEqual([]);
  });

  test('is counted by hour and status', async () => {
    const { here } = await someEnds();
    expect((await ask(here, 'ended/counts', { day: DAY })).body).toEqual({
      ...{ day: DAY, total: 3, isWhole: true },
      counts: [
        { from: '2026-01-01T00:00:00.000Z', status: 'CONFIRMED', count: 1 },
        { from: '2026-01-01T01:00:00.000Z', status: 'CANCELLED', count: 2 },
      ],
    });
  });

  test('is in pages each once, newest first, whatever their size', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.integer({ min: 0, max: 3 }), fc.boolean()), { maxLength: 30 }),
        fc.integer({ min: 1, max: 9 }),
        async (orders, limit) => {
          const here = new ShopInMemory();
          const placed: { readonly id: string; readonly atMs: number }[] = [];
          for (const [ms, isPaid] of orders) {
            here.nowMs += ms;
            const id = await here.place(isPaid ? undefined : 'pm_card_chargeDeclined');
            placed.push({ id, atMs: here.nowMs });
          }
          const all = await pages(here, { day: DAY, limit: String(limit) });
          expect(idsIn(all).toSorted()).toEqual(placed.map(({ id }) => id).toSorted());
          const times = all.flat().map(({ endedAt = '' }) => endedAt);
          expect(times).toEqual(times.toSorted().toReversed());
          expect(all.slice(0, -1).every(({ length }) => length === limit)).toBe(true);
        },
      ),
      { numRuns: 20 },
    );
  });

  test.each([
    ['no day', {}],
    ['a day that is none', { day: '2026-02-30' }],
    ['a status that is no end', { day: DAY, status: 'PENDING' }],
    ['a cursor that was not given out', { day: DAY, cursor: 'x' }],
    [
      'a cursor with another id',
      { day: DAY, cursor: Buffer.from('{"2026-01-01 CONFIRMED 0":"1 x"}').toString('base64url') },
    ],
  ])('is refused with %s', async (_, query) => {
    expect((await ask(new ShopInMemory(), 'ended', query)).status).toBe(400);
  });

  test.each(['ended', 'ended/counts'])('is told to staff only: %s', async (path) => {
    expect((await ask(new ShopInMemory(), path, { day: DAY }, alice)).status).toBe(403);
  });
});
