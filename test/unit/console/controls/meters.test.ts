import { describe, expect, test } from 'vitest';
import {
  type Baselines,
  isUnsettled,
  metersOf,
  type Reading,
} from '../../../../infra/local/console/controls/meters.ts';

/**
 * Goal: a meter is red if goods or money are lost or made, and never because it was read while something moved. Method: readings of
 * one SKU and few orders.
 */
interface Told {
  readonly available?: number;
  readonly held?: number;
  readonly received?: number;
  readonly stocktakenAt?: string;
  readonly orders?: Record<string, { status: string; totalMinor?: number; currency?: string }>;
  readonly ledger?: Record<string, readonly [captured: number, refunded?: number, captures?: number]>;
  readonly byHand?: Record<string, 'all' | number>;
}

const reading = (told: Told = {}): Reading => ({
  shelf: new Map([['mug', { available: told.available ?? 10, stocktakenAt: told.stocktakenAt ?? 'monday' }]]),
  held: new Map([['mug', told.held ?? 0]]),
  received: new Map([['mug', told.received ?? 0]]),
  orders: new Map(Object.entries(told.orders ?? {})),
  byHand: new Map(Object.entries(told.byHand ?? {})),
  ledger: new Map(
    Object.entries(told.ledger ?? {}).map(([orderId, [capturedMinor, refundedMinor = 0, captures = 1]]) => [
      orderId,
      { captures, capturedMinor, refundedMinor },
    ]),
  ),
});

describe('the stock of a SKU', () => {
  const ten = (): Baselines => new Map([['mug monday', 10]]);
  const stockOf = (first: Told, again: Told | undefined, baselines: Baselines) =>
    metersOf(reading(first), again === undefined ? undefined : reading(again), baselines).stock[0];

  test('is not known before it was read at rest, and is initial from then on', () => {
    const baselines: Baselines = new Map();
    expect(stockOf({ available: 8, held: 2 }, undefined, baselines)).toEqual({
      ...{ sku: 'mug', available: 8, held: 2, verdict: 'moves' },
    });
    expect(stockOf({ available: 8, held: 2 }, { available: 7, held: 2 }, baselines)?.verdict).toBe('moves');
    expect(stockOf({ available: 8, held: 2 }, { available: 8, held: 2 }, baselines)).toEqual({
      ...{ sku: 'mug', initial: 10, available: 8, held: 2, verdict: 'holds' },
    });
    expect(stockOf({ available: 6, held: 4 }, undefined, baselines)?.verdict).toBe('holds');
  });

  test.each<[string, Told, Told | undefined, string]>([
    ['a piece moves between the two', { available: 9, held: 0 }, undefined, 'moves'],
    ['it moves on', { available: 9, held: 0 }, { available: 8, held: 1 }, 'moves'],
    ['it has arrived', { available: 9, held: 0 }, { available: 9, held: 1 }, 'holds'],
    ['a piece is lost', { available: 9, held: 0 }, { available: 9, held: 0 }, 'broken'],
    ['a piece is made', { available: 10, held: 1 }, { available: 10, held: 1 }, 'broken'],
    ['more is sold than there is', { available: -1, held: 11 }, { available: -1, held: 11 }, 'broken'],
    ['goods came in', { available: 15, received: 5 }, undefined, 'holds'],
  ])('where %s', (_, first, again, verdict) => {
    expect(stockOf(first, again, ten())?.verdict).toBe(verdict);
  });

  test('is counted anew by a stocktake', () => {
    const baselines = ten();
    const counted = { available: 100, held: 3, stocktakenAt: 'tuesday' };
    expect(stockOf(counted, counted, baselines)).toMatchObject({ initial: 103, verdict: 'holds' });
    const lost = { ...counted, held: 2 };
    expect(stockOf(lost, lost, baselines)?.verdict).toBe('broken');
  });

  test('with goods that came in before the first look is not counted twice', () => {
    const baselines: Baselines = new Map();
    const found = { available: 15, received: 5 };
    expect(stockOf(found, found, baselines)).toMatchObject({ initial: 15, verdict: 'holds' });
    const more = { available: 18, received: 8 };
    expect(stockOf(more, more, baselines)).toMatchObject({ initial: 18, verdict: 'holds' });
  });
});

describe('the money', () => {
  const confirmed = { status: 'CONFIRMED', totalMinor: 100, currency: 'EUR' };
  const moneyOf = (told: Told, again: Told = told) =>
    metersOf(reading(told), reading(again), new Map()).money;

  test('is captured minus refunded, of which each part is told', () => {
    const told: Told = {
      orders: {
        paid: confirmed,
        gone: { status: 'CANCELLED' },
        open: { status: 'PENDING' },
        settled: { status: 'CANCELLED' },
        returned: confirmed,
      },
      ledger: { paid: [100], gone: [70, 70], open: [30], settled: [50], returned: [100, 20] },
      byHand: { settled: 'all', returned: 20 },
    };
    const money = moneyOf(told);
    expect(money).toEqual({
      ...{ captured: 350, refunded: 90, confirmed: 200, underWay: 30, byHand: 30 },
      ...{ currency: 'EUR', verdict: 'holds', wrong: [] },
    });
    expect(money.captured - money.refunded).toBe(money.confirmed + money.underWay + money.byHand);
  });

  test.each<[string, Told]>([
    ['a confirmed order is not paid', { orders: { a: confirmed } }],
    ['too little is kept', { orders: { a: confirmed }, ledger: { a: [100, 1] } }],
    ['an order is charged twice', { orders: { a: confirmed }, ledger: { a: [100, 0, 2] } }],
    [
      'the money of a cancelled one is kept',
      { orders: { a: { status: 'CANCELLED' } }, ledger: { a: [100] } },
    ],
    ['there is no such order', { ledger: { a: [100] } }],
    [
      'more is given back than people gave',
      { orders: { a: confirmed }, ledger: { a: [100, 30] }, byHand: { a: 20 } },
    ],
  ])('does not hold where %s', (_, told) => {
    expect(moneyOf(told)).toMatchObject({ verdict: 'broken', wrong: ['a'] });
  });

  test.each<[string, Told]>([
    ['an open order is charged', { orders: { a: { status: 'PENDING' } }, ledger: { a: [100] } }],
    [
      'a cancelled one was never charged',
      { orders: { a: { status: 'CANCELLED' } }, ledger: { a: [0, 0, 0] } },
    ],
    [
      'a person has settled a refund',
      { orders: { a: { status: 'CANCELLED' } }, ledger: { a: [100] }, byHand: { a: 'all' } },
    ],
  ])('holds where %s', (_, told) => {
    expect(moneyOf(told)).toMatchObject({ verdict: 'holds', wrong: [] });
  });

  test('that is wrong in one reading only was moving', () => {
    const placedMeanwhile: Told = { ledger: { a: [100] } };
    const first = metersOf(reading(placedMeanwhile), undefined, new Map());
    expect([first.money.verdict, first.money.wrong, isUnsettled(first)]).toEqual(['moves', [], true]);
    expect(moneyOf(placedMeanwhile, { orders: { a: confirmed }, ledger: { a: [100] } }).verdict).toBe(
      'holds',
    );
    const other: Told = { ledger: { b: [100] }, orders: {} };
    expect(moneyOf(placedMeanwhile, other)).toMatchObject({ verdict: 'moves', wrong: [] });
  });

  test('of several currencies has none', () => {
    const pounds = { ...confirmed, currency: 'GBP' };
    expect(
      moneyOf({ orders: { a: confirmed, b: pounds }, ledger: { a: [100], b: [100] } }).currency,
    ).toBeUndefined();
  });
});

test('a reading of which all holds needs no other', () => {
  const meters = metersOf(reading(), undefined, new Map([['mug monday', 10]]));
  expect(isUnsettled(meters)).toBe(false);
  expect(isUnsettled(metersOf(reading({ held: 1 }), undefined, new Map([['mug monday', 10]])))).toBe(true);
});
