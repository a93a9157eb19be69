import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { defineSaga } from '../../../engine/saga/define-saga.ts';
import { open, seal } from '../../../engine/saga/envelope.ts';
import { nextVersion, v1 } from '../../../engine/saga/event-definition.ts';
import { externalStep } from '../../../engine/saga/external-step.ts';
import { initiator } from '../../../engine/saga/initiator.ts';
import type { Saga } from '../../../engine/saga/saga.ts';

const travellerId = z.string();
const first = v1(z.object({ travellerId, name: z.string() }));
const second = nextVersion(
  first,
  z.object({ travellerId, names: z.array(z.string()) }),
  ({ name, ...rest }) => ({
    ...rest,
    names: [name],
  }),
);
const third = nextVersion(
  second,
  z.object({ travellerId, names: z.array(z.string()), days: z.int() }),
  (data) => ({
    ...data,
    days: 1,
  }),
);

const initiation = {
  begins: 'trip.requested',
  cancels: 'trip.cancelling',
  succeeds: 'trip.done',
  fails: 'trip.failed',
} as const;

const sagaWith = (requested: typeof first | typeof second | typeof third) =>
  defineSaga({
    name: 'trips',
    id: { prefix: 'trip', name: 'tripId' },
    owner: 'travellerId',
    completes: ['car.booked'],
    events: {
      'trip.requested': requested,
      'trip.cancelling': v1(z.object({ travellerId })),
      'trip.done': v1(z.object({})),
      'trip.failed': v1(z.object({})),
      'car.booked': v1(z.object({})),
    },
    participants: {
      trip: initiation,
      car: { consumes: ['trip.requested'], says: { 'car.booked': 'step' } },
    },
  });

const [old, now] = [sagaWith(first), sagaWith(third)];
const sagaId = old.id.schema.parse(`trip_${'0'.repeat(24)}`);
const bodyOf = (saga: Saga, type: string, data: unknown) =>
  Buffer.from(JSON.stringify(seal(saga, { type, data }, { sagaId, nowMs: 0 })));

describe('the versions of an event', () => {
  test('are counted for each type by itself', () => {
    expect(now.versionOf('trip.requested')).toBe(3);
    expect(now.versionOf('car.booked')).toBe(1);
    expect(seal(now, { type: 'car.booked', data: {} }, { sagaId, nowMs: 0 }).dataschema).toBe(
      'urn:trips:car.booked:v1',
    );
  });

  test('an earlier one is read, and upgraded step by step', () => {
    const opened = open(now, bodyOf(old, 'trip.requested', { travellerId: 'ann', name: 'Ann' }));
    expect(opened).toMatchObject({
      ok: true,
      event: {
        data: { travellerId: 'ann', names: ['Ann'], days: 1 },
        dataschema: 'urn:trips:trip.requested:v1',
      },
    });
  });

  test('an earlier one is held to the schema that it had', () => {
    const opened = open(now, bodyOf(old, 'trip.requested', { travellerId: 'ann', names: ['Ann'] }));
    expect(opened).toMatchObject({ ok: false, reason: expect.stringContaining('fails its schema: name') });
  });

  // Fails where the error is thrown through: the whole batch that the message came with fails.
  test('one that cannot be upgraded is refused with the reason', () => {
    const saga = sagaWith(
      nextVersion(first, z.object({ travellerId, names: z.array(z.string()) }), () => {
        throw new RangeError('no name');
      }) as typeof second,
    );
    expect(open(saga, bodyOf(old, 'trip.requested', { travellerId: 'ann', name: 'Ann' }))).toEqual({
      ok: false,
      reason:
        'trip.requested fails its schema: (root): it cannot be upgraded from version 1: RangeError: no name',
    });
  });

  test('a later one is refused, and says so', () => {
    const opened = open(old, bodyOf(now, 'trip.requested', { travellerId: 'ann', names: [], days: 1 }));
    expect(opened).toEqual({
      ok: false,
      reason: 'trip.requested in an unknown version: "urn:trips:trip.requested:v3"',
    });
  });

  test.each(['v0', 'v01', 'v1.0', 'v', 'v-1', 'v1000000', ''])('%j is none', (version) => {
    const event = seal(old, { type: 'car.booked', data: {} }, { sagaId, nowMs: 0 });
    const forged = { ...event, dataschema: `urn:trips:car.booked:${version}` };
    expect(open(old, Buffer.from(JSON.stringify(forged)))).toMatchObject({
      ok: false,
      reason: expect.stringContaining('unknown version'),
    });
  });
});

/** `car` waits for what is requested and for the hotel; the trip waits for both. */
const sagaWaiting = (room: typeof roomV1 | typeof roomV2) =>
  defineSaga({
    name: 'trips',
    id: { prefix: 'trip', name: 'tripId' },
    owner: 'travellerId',
    completes: ['hotel.booked', 'car.booked'],
    events: {
      'trip.requested': v1(z.object({ travellerId })),
      'trip.cancelling': v1(z.object({ travellerId })),
      'trip.done': v1(z.object({ room: z.int() })),
      'trip.failed': v1(z.object({})),
      'hotel.booked': room,
      'car.booked': v1(z.object({})),
    },
    participants: {
      trip: initiation,
      hotel: { consumes: ['trip.requested'], says: { 'hotel.booked': 'step' } },
      car: { consumes: ['trip.requested', 'hotel.booked'], says: { 'car.booked': 'step' } },
    },
  });
const roomV1 = v1(z.object({ name: z.string() }));
const roomV2 = nextVersion(roomV1, z.object({ room: z.int() }), ({ name }) => ({ room: Number(name) }));

// Fails where what was heard is used as it was kept: the outcome has a member that its schema does not know.
describe('what was heard before a deployment is used in the version that is said after it', () => {
  const before = sagaWaiting(roomV1);
  const after = sagaWaiting(roomV2);
  const hotel = { type: 'hotel.booked', data: { name: '7' } };

  test('by who begins the saga', () => {
    const story = {
      begin: () => ({ travellerId: 'ann' }),
      cancel: () => ({ travellerId: 'ann' }),
      fail: () => ({}),
      succeed: (_: unknown, heard: object) => ({
        keeps: {},
        outcome: (heard as { 'hotel.booked': { room: number } })['hotel.booked'],
      }),
    };
    const placed = { fingerprint: 'f', createdAtMs: 1, status: 'PENDING', answered: [] } as const;
    const waiting = initiator(before, story)(placed, hotel);
    const state = waiting.kind === 'accept' ? waiting.state : undefined;
    expect(initiator(after, story)(state, { type: 'car.booked', data: {} })).toMatchObject({
      state: { status: 'CONFIRMED' },
      says: [{ type: 'trip.done', data: { room: 7 } }],
    });
    const later = { ...placed, heard: { 'hotel.booked': { version: 9, data: {} } } };
    expect(() => initiator(after, story)(later, { type: 'car.booked', data: {} })).toThrow(
      'hotel.booked was heard in version 9, which cannot be read any more',
    );
  });

  test('by a step that waits', () => {
    const waiting = externalStep(before, 'car', { asks: z.object({ name: z.string() }) }).decide(
      undefined,
      hotel,
    );
    const state = waiting.kind === 'accept' ? waiting.state : undefined;
    const { decide } = externalStep(after, 'car', { asks: z.object({ room: z.int() }) });
    expect(decide(state, { type: 'trip.requested', data: { travellerId: 'ann' } })).toMatchObject({
      state: { status: 'ASKING', room: 7 },
    });
  });
});
