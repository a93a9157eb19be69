import { describe, expect, test } from 'vitest';
import { type Limits, pauseMsAfter, tallied, tallyKey } from '../../../engine/saga/tally.ts';
import { customerId, facts, items, paymentMethod } from '../../support/facts.ts';
import { order } from '../../support/three-services.ts';

const NOW = 1_800_000_000_000;
const limits: Limits = { mostOpen: 3, failuresBeforePause: 2 };
const key = tallyKey(customerId);
const placed = { customerId, items, paymentMethod, fingerprint: 'a', createdAtMs: NOW };
const unbounded = Number.POSITIVE_INFINITY;

const place = (tally: object | undefined, ownLimits: Limits | undefined = limits) =>
  order.decide(
    undefined,
    { type: 'place', placed, limits: ownLimits },
    (asked) => (asked === key && tally !== undefined ? { pk: key, ...tally } : undefined),
    NOW,
  );
const begun = place(undefined);
const pending = begun.kind === 'accept' ? begun.state : undefined;
const adjustsOf = (decision: ReturnType<typeof place>) =>
  decision.kind === 'accept' ? decision.adjusts : decision;
const hear = (state: typeof pending, type: keyof typeof facts) =>
  order.decide(state, facts[type], () => undefined, NOW);

describe('who begins a saga', () => {
  test('takes a place in the write that begins it, if the owner has limits', () => {
    expect(pending).toMatchObject({ status: 'PENDING', isTallied: true });
    expect(adjustsOf(begun)).toEqual([
      { key, attribute: 'open', delta: 1, atMost: 3 },
      { key, attribute: 'failures', delta: 0, atMost: 1 },
    ]);
  });

  test('takes none and is counted nowhere without limits', () => {
    const decision = order.decide(undefined, { type: 'place', placed }, () => undefined, NOW);
    expect(decision).toMatchObject({ kind: 'accept', state: { status: 'PENDING' } });
    expect(decision).not.toHaveProperty('adjusts');
    expect(decision).not.toHaveProperty('state.isTallied');
    expect(order.counts?.({ type: 'place', placed })).toEqual([]);
  });

  test('is deferred while as many are open as may be', () => {
    expect(place({ open: 2 })).toMatchObject({ kind: 'accept' });
    expect(place({ open: 3 })).toEqual({ kind: 'defer', reason: 'too-many-open', afterMs: 5_000 });
    // A lower setting counts at once.
    expect(place({ open: 7 })).toMatchObject({ kind: 'defer' });
    expect(place({ open: 7 }, { ...limits, mostOpen: 8 })).toMatchObject({ kind: 'accept' });
  });

  test('waits after failures, by a clock that may differ never longer than the pause', () => {
    const failed = (failures: number, agoMs: number) => place({ failures, failedAtMs: NOW - agoMs });
    expect(failed(1, 0)).toMatchObject({ kind: 'accept' });
    expect(failed(2, 0)).toEqual({ kind: 'defer', reason: 'paused', afterMs: 1_000 });
    expect(failed(4, 1_500)).toEqual({ kind: 'defer', reason: 'paused', afterMs: 2_500 });
    expect(failed(4, -60_000)).toEqual({ kind: 'defer', reason: 'paused', afterMs: 4_000 });
    expect(failed(4, 4_000)).toMatchObject({ kind: 'accept' });
  });

  test('has one try at a time then, and relies on what it has seen', () => {
    const waited = { failures: 2, failedAtMs: NOW - 1_000 };
    expect(adjustsOf(place(waited))).toEqual([
      { key, attribute: 'open', delta: 1, atMost: 1 },
      { key, attribute: 'failures', delta: 0, atMost: unbounded, relyingOn: waited },
    ]);
    expect(place({ ...waited, open: 1 })).toMatchObject({ kind: 'defer', reason: 'too-many-open' });
  });

  test('may begin any number if only the pauses are limited', () => {
    expect(place({ open: 1_000_000 }, { ...limits, mostOpen: unbounded })).toMatchObject({ kind: 'accept' });
  });
});

test('the pauses double, up to five minutes', () => {
  const pauses = [1, 2, 3, 4, 5, 10, 11, 100].map((failures) => pauseMsAfter(failures, limits) / 1_000);
  expect(pauses).toEqual([0, 1, 2, 4, 8, 256, 300, 300]);
  expect(pauseMsAfter(1_000, { ...limits, failuresBeforePause: unbounded })).toBe(0);
});

describe('the end of a saga', () => {
  const place = { key, attribute: 'open', delta: -1, atMost: unbounded };

  test('gives the place back once, and a success ends the failures in a row', () => {
    const decision = hear(pending, 'payment.captured');
    expect(adjustsOf(decision)).toEqual([{ ...place, sets: { failures: 0 } }]);
    const state = decision.kind === 'accept' ? decision.state : undefined;
    expect(state).toMatchObject({ status: 'CONFIRMED' });
    expect(state).not.toHaveProperty('isTallied');
    expect(hear(state, 'payment.captured')).toEqual({ kind: 'repeat' });
  });

  test('counts a failure that is the owner’s own fault, with its time', () => {
    const decision = hear(pending, 'payment.declined');
    const cancelling = decision.kind === 'accept' ? decision.state : undefined;
    expect(cancelling).toMatchObject({ status: 'CANCELLING', isTallied: true });
    expect(decision).not.toHaveProperty('adjusts');
    expect(adjustsOf(hear(cancelling, 'stock.released'))).toEqual([
      { ...place, sets: { failedAtMs: NOW } },
      { key, attribute: 'failures', delta: 1, atMost: unbounded },
    ]);
  });

  test('counts no other failure', () => {
    expect(adjustsOf(hear(pending, 'stock.rejected'))).toEqual([place]);
  });

  // Fails where sagas of before the upgrade give back what they never took: their owners get more places than others.
  test('gives nothing back that was not taken', () => {
    const old = order.decide(undefined, { type: 'place', placed }, () => undefined, NOW);
    const state = old.kind === 'accept' ? old.state : undefined;
    for (const type of ['payment.captured', 'stock.rejected'] as const) {
      expect(hear(state, type)).toMatchObject({ kind: 'accept' });
      expect(hear(state, type)).not.toHaveProperty('adjusts');
    }
  });
});

test('without a fault of the owner’s own, nothing fails by it', () => {
  const decide = () =>
    ({
      kind: 'accept',
      state: { status: 'CANCELLED', reason: { code: 'PAYMENT_DECLINED' }, customerId, isTallied: true },
    }) as const;
  const decision = tallied({ owner: 'customerId' }, decide, [])(
    undefined,
    { type: 'any' },
    () => undefined,
    NOW,
  );
  expect(decision).toMatchObject({ adjusts: [{ attribute: 'open', delta: -1 }] });
});
