import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { AnyFact } from '../../../engine/saga/declaration.ts';
import { initiator } from '../../../engine/saga/initiator.ts';
import { dueShards, endedShards } from '../../../engine/saga/initiator-table.ts';
import type { SagaRecord } from '../../../engine/saga/table.ts';
import { trip } from '../../support/declared-sagas.ts';
import { shopWithShipping } from '../../support/declared-shops.ts';
import {
  booked,
  decideTrip,
  decideTripWithMail,
  placedTrip as placed,
  type Trip,
  type TripCommand,
  trips,
} from '../../support/declared-trip.ts';
import { facts as shopFacts } from '../../support/facts.ts';

const { travellerId } = placed;
const pending: Trip = { ...placed, status: 'PENDING', answered: [] };
const cancelled = (...services: readonly string[]): readonly AnyFact[] =>
  services.map((service) => ({ type: `${service}.cancelled`, data: {} }));
const nudge: TripCommand = { type: 'nudge', nowMs: placed.createdAtMs, deadlineMs: 1 };
const deadline: TripCommand = { ...nudge, nowMs: placed.createdAtMs + 1 };

/** Where a trip comes to, and what it says on the way. */
function endOf(inputs: readonly (TripCommand | AnyFact)[], start: Trip = pending, decide = decideTrip) {
  const said: AnyFact[] = [];
  let state = start;
  for (const input of inputs) {
    const decision = decide(state, input);
    if (decision.kind === 'refuse') throw new Error(`${input.type}: ${decision.reason}`);
    if (decision.kind !== 'accept') continue;
    state = decision.state;
    said.push(...(decision.says ?? []));
  }
  return { state, said };
}

describe('a saga that several events complete', () => {
  test('succeeds once all have come, in whatever order and however often, and says so once', () => {
    const each = Object.values(booked);
    fc.assert(
      fc.property(fc.shuffledSubarray([...each, ...each, ...each], { minLength: 9 }), (inputs) => {
        expect(endOf(inputs)).toEqual({
          state: { ...placed, status: 'CONFIRMED', seat: '12A', room: '7' },
          said: [{ type: 'trip.booked', data: { travellerId, seat: '12A', room: '7', plate: 'X-1' } }],
        });
      }),
    );
  });

  test('waits as long as one of them is missing', () => {
    for (const missing of Object.keys(booked)) {
      const others = Object.values(booked).filter(({ type }) => type !== missing);
      expect(endOf([...others, ...others])).toMatchObject({ state: { status: 'PENDING' }, said: [] });
    }
  });

  test('never succeeds after an answer, which may overtake the failure it answers', () => {
    const late = [...Object.values(booked)];
    fc.assert(
      fc.property(
        fc.constantFrom('flight', 'hotel', 'car'),
        fc.shuffledSubarray(late, { minLength: 3 }),
        (by, inputs) => {
          const { state, said } = endOf([...cancelled(by), ...inputs]);
          expect(state).toEqual({ ...pending, answered: [by] });
          expect(said).toEqual([]);
        },
      ),
    );
  });

  test('forgets what it has heard when it is cancelled, for whatever reason', () => {
    const heard = [booked['flight.booked']];
    const failure = { type: 'hotel.refused', data: { travellerId, code: 'FULL' } };
    const late = { ...nudge, nowMs: placed.createdAtMs + 1 };
    for (const input of [failure, late, { type: 'cancel', by: 'TRAVELLER' } as const])
      expect(endOf([...heard, input]).state).not.toHaveProperty('heard');
    expect(endOf([...heard, ...cancelled('flight', 'car'), failure]).state).toEqual({
      ...placed,
      status: 'CANCELLED',
      reason: { code: 'FULL' },
    });
  });
});

describe('the reason is', () => {
  const reasonAfter = (...inputs: readonly (TripCommand | AnyFact)[]) => {
    const { state } = endOf(inputs);
    return 'reason' in state ? state.reason : undefined;
  };
  const failed = (type: string, data: object) => ({ type, data: { travellerId, ...data } });

  test.each([
    [
      'what the failure says, but for whose it is',
      failed('car.refused', { code: 'NO_CAR', age: 17 }),
      { code: 'NO_CAR', age: 17 },
    ],
    [
      'the failure’s name if it says no code',
      failed('car.refused', { reason: 'rain' }),
      { code: 'CAR_REFUSED', reason: 'rain' },
    ],
    // Fails where it is kept as it is: no record whose code is a number can be read again.
    [
      'the failure’s name if its code is no text',
      failed('car.refused', { code: 7 }),
      { code: 'CAR_REFUSED' },
    ],
    ['whose wish it was', { type: 'cancel', by: 'OPERATOR' } as const, { code: 'OPERATOR' }],
    ['the deadline', deadline, { code: 'DEADLINE' }],
  ])('%s', (_what, input, reason) => {
    expect(reasonAfter(input)).toEqual(reason);
  });

  test('that of the first, whatever else fails', () => {
    const first = failed('car.refused', { code: 'NO_CAR' });
    const wish = { type: 'cancel', by: 'TRAVELLER' } as const;
    expect(reasonAfter(first, wish, failed('hotel.refused', { code: 'FULL' }))).toEqual({ code: 'NO_CAR' });
    expect(reasonAfter(wish, first)).toEqual({ code: 'TRAVELLER' });
    expect(reasonAfter(first, nudge)).toEqual({ code: 'NO_CAR' });
  });

  test('that somebody failed, until it is known who', () => {
    const unknown = [...cancelled('hotel'), nudge];
    expect(reasonAfter(...unknown)).toEqual({ code: 'PARTICIPANT_FAILED' });
    expect(reasonAfter(...unknown, failed('car.refused', { code: 'NO_CAR' }))).toEqual({ code: 'NO_CAR' });
  });
});

describe('an outcome that somebody has to hear of', () => {
  const all = Object.values(booked);
  const failure = { type: 'car.refused', data: { travellerId, code: 'NO_CAR' } };
  const ends: readonly (readonly AnyFact[])[] = [all, [failure, ...cancelled('flight', 'hotel')]];

  test('is untold until it is known to be published', () => {
    for (const inputs of ends) {
      const { state } = endOf(inputs, pending, decideTripWithMail);
      expect(state).toEqual({ ...endOf(inputs).state, isUntold: true });
      const told = decideTripWithMail(state, { type: 'told' });
      // What it said stands: nothing is said now, and nothing unsaid.
      expect(told).toEqual({ kind: 'accept', state: endOf(inputs).state });
      expect(decideTripWithMail(endOf(inputs).state, { type: 'told' })).toMatchObject({ kind: 'ignore' });
    }
  });

  test('is looked after by the schedule as long as it is untold, and is in the index of what has ended from then on, until it is forgotten', () => {
    const record = (state: Trip): SagaRecord<Trip> => ({
      sagaId: trip.id.schema.parse(`trip_${'a'.repeat(24)}`),
      version: 1,
      state,
      outbox: [],
      history: [],
      updatedAtMs: 5_500,
      format: 1,
    });
    for (const inputs of ends) {
      const { state } = endOf(inputs);
      const index = { travellerId, createdAtMs: 1_000 };
      expect(trips.indexed?.(record(state))).toEqual({
        ...index,
        ended: expect.toBeOneOf([...endedShards('1970-01-01', state.status)]),
        endedMs: 5_500,
      });
      expect(trips.indexed?.({ ...record(state), isForgotten: true })).toEqual(index);
      expect(trips.indexed?.(record({ ...state, isUntold: true } as Trip))).toEqual({
        ...index,
        dueShard: expect.toBeOneOf([...dueShards]),
        dueEpochSeconds: 16,
      });
    }
  });
});

const shopOrder = {
  fingerprint: 'f',
  createdAtMs: 1,
  customerId: shopFacts['order.placed'].data.customerId,
};
const { customerId } = shopOrder;
const decideOf = (saga: typeof shopWithShipping) =>
  initiator(saga, {
    begin: () => shopFacts['order.placed'].data,
    succeed: () => ({ keeps: {}, outcome: shopFacts['order.confirmed'].data }),
    cancel: (_, { code }) => ({ customerId, cause: code }),
    fail: (_, { code }) => ({ customerId, code }),
  });
const shipmentRefused = { type: 'shipment.refused', data: { customerId, code: 'TOO_MANY' } };

test('the failure of a participant that the shop got later cancels an order, which then waits for those before it', () => {
  const decide = decideOf(shopWithShipping);
  let decision = decide({ ...shopOrder, status: 'PENDING', answered: [] }, shipmentRefused);
  const reason = { code: 'TOO_MANY' };
  expect(decision).toEqual({
    kind: 'accept',
    state: {
      ...shopOrder,
      status: 'CANCELLING',
      reason,
      failure: 'shipment.refused',
      answered: ['shipping'],
    },
    says: [],
  });
  for (const type of ['stock.released', 'payment.refunded'] as const) {
    if (decision.kind !== 'accept') throw new Error('not accepted');
    decision = decide(decision.state, shopFacts[type]);
  }
  expect(decision).toMatchObject({
    state: { ...shopOrder, status: 'CANCELLED', reason },
    says: [{ type: 'order.cancelled', data: { customerId, code: 'TOO_MANY' } }],
  });
});

// Fails where an impasse is forgotten that comes before the failure: nobody sees that a person has to act, until the
// schedule asks all who undo their steps again.
test('what nobody can undo is shown, in whatever order it is heard with what was done and why it has to be undone', () => {
  const decide = decideOf({
    ...shopWithShipping,
    completes: ['payment.captured', 'shipment.booked'],
  } as never);
  const heard = [shopFacts['payment.captured'], shopFacts['payment.unrefundable'], shipmentRefused];
  fc.assert(
    fc.property(fc.shuffledSubarray([...heard, ...heard], { minLength: 6 }), (facts) => {
      let state: Parameters<typeof decide>[0] = { ...shopOrder, status: 'PENDING', answered: [] };
      for (const fact of facts) {
        const decision = decide(state, fact);
        if (decision.kind === 'accept') state = decision.state;
      }
      expect(state).toMatchObject({
        status: 'CANCELLING',
        answered: ['shipping'],
        waits: { payment: 'person' },
        reason: { code: 'TOO_MANY' },
      });
    }),
  );
});
