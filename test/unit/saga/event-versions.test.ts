import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { defineSaga } from '../../../engine/saga/define-saga.ts';
import { open, seal } from '../../../engine/saga/envelope.ts';
import { nextVersion, v1 } from '../../../engine/saga/event-definition.ts';
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
      trip: {
        begins: 'trip.requested',
        cancels: 'trip.cancelling',
        succeeds: 'trip.done',
        fails: 'trip.failed',
      },
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
