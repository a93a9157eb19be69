import { describe, expect, test } from 'vitest';
import type { AnyRecord, Part, Seen } from '../../../engine/insight/seen.ts';
import { waitsOn } from '../../../engine/insight/waits-on.ts';
import type { SagaId } from '../../../engine/saga/ids.ts';
import { saga as trip } from '../../../examples/trip/saga.ts';

/**
 * Goal: whatever is declared, the records say at whom a saga stands. Method: the trip, whose flight and hotel act side by
 * side, and whose car waits for the flight. The shop with its real participants: timeline.test.ts.
 */
type Service = 'flight' | 'hotel' | 'car';
const sagaId = 'trip_1' as SagaId;

/** A record that has last said these, and has come of those. */
const record = (state: object, said: readonly string[], because: readonly string[] = []): AnyRecord =>
  ({
    ...{ sagaId, version: 1, updatedAtMs: 0, format: 1, state },
    outbox: said.map((type) => JSON.stringify({ type, data: {} })),
    history: because.map((each) => ({ at: '', status: '', because: each })),
  }) as unknown as AnyRecord;

function seen(own: AnyRecord, others: Partial<Record<Service, AnyRecord>> = {}): Seen {
  const part = (service: string, its: AnyRecord | undefined): Part => ({
    ...{ service, record: its, trouble: undefined, isInTrouble: false },
  });
  const parts = (['flight', 'hotel', 'car'] as const).map((service) => part(service, others[service]));
  return { sagaId, record: own, dueEpochSeconds: undefined, parts: [part('trip', own), ...parts] };
}

const pending = record({ status: 'PENDING', answered: [] }, ['trip.placed']);
const cancelling = (failure: string, answered: readonly string[] = []) =>
  record({ status: 'CANCELLING', failure, answered, reason: { code: 'X' } }, [failure]);
const asking = record({ status: 'ASKING' }, []);
const said = (type: string, ...because: readonly string[]) => record({ status: 'ANY' }, [type], because);

describe('a saga that is pending stands', () => {
  test('at all who act side by side, and at nobody who waits for one of them', () => {
    expect(waitsOn(trip, seen(pending))).toEqual([
      { service: 'flight', toHear: ['trip.placed'] },
      { service: 'hotel', toHear: ['trip.placed'] },
    ]);
    const waiting = record({ status: 'WAITING' }, []);
    expect(waitsOn(trip, seen(pending, { flight: asking, hotel: asking, car: waiting }))).toEqual([
      { service: 'flight', toSay: ['flight.booked'] },
      { service: 'hotel', toSay: ['hotel.booked'] },
    ]);
  });

  test('at the next one, once those before it have said their part', () => {
    const flight = said('flight.booked');
    const hotel = said('hotel.booked');
    expect(waitsOn(trip, seen(pending, { flight, hotel }))).toEqual([
      { service: 'car', toHear: ['trip.placed', 'flight.booked'] },
    ]);
    expect(waitsOn(trip, seen(pending, { flight, hotel, car: asking }))).toEqual([
      { service: 'car', toSay: ['car.booked'] },
    ]);
  });

  test('at its initiator, once all is said, or a failure', () => {
    const booked = { flight: said('flight.booked'), hotel: said('hotel.booked'), car: said('car.booked') };
    expect(waitsOn(trip, seen(pending, booked))).toEqual([
      { service: 'trip', toHear: ['hotel.booked', 'car.booked'] },
    ]);
    expect(waitsOn(trip, seen(pending, { flight: asking, hotel: said('hotel.refused') }))).toEqual([
      { service: 'trip', toHear: ['hotel.refused'] },
    ]);
  });
});

describe('a saga that is cancelled stands', () => {
  test('at each that has to undo, whether it has heard of that or not, and at none that has answered', () => {
    const parts = {
      flight: said('flight.booked'),
      hotel: record({ status: 'UNDOING' }, [], ['trip.placed', 'trip.cancelling']),
    };
    expect(waitsOn(trip, seen(cancelling('trip.cancelling', ['car']), parts))).toEqual([
      { service: 'flight', toHear: ['trip.cancelling'] },
      { service: 'hotel', toSay: ['hotel.released'] },
    ]);
  });

  test('at its initiator, if the answer is said', () => {
    const parts = { flight: said('flight.released', 'car.refused'), hotel: said('hotel.refused') };
    expect(waitsOn(trip, seen(cancelling('car.refused'), parts))).toEqual([
      { service: 'trip', toHear: ['flight.released'] },
      { service: 'trip', toHear: ['hotel.refused'] },
    ]);
  });

  test('at all, if another version of the declaration had its failure', () => {
    const all = waitsOn(trip, seen(cancelling('ferry.refused')));
    expect(all.map(({ service }) => service)).toEqual(['flight', 'hotel', 'car']);
    expect(all.every(({ toHear }) => toHear?.join() === 'trip.cancelling')).toBe(true);
  });
});

test('one that has ended stands at nobody, unless its outcome is not told', () => {
  const ended = record({ status: 'CONFIRMED' }, ['trip.booked']);
  expect(waitsOn(trip, seen(ended))).toEqual([]);
  const untold = record({ status: 'CANCELLED', isUntold: true }, ['trip.failed']);
  expect(waitsOn(trip, seen(untold))).toEqual([{ service: 'trip', toSay: ['trip.failed'] }]);
});
