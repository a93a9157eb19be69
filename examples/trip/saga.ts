import * as z from 'zod';
import { defineSaga } from '../../engine/saga/define-saga.ts';
import { v1 } from '../../engine/saga/event-definition.ts';
import { CallerId as travellerId } from '../../engine/saga/ids.ts';

/** Of a flight, a hotel, a kind of car or a rental. */
export const Name = z.string().regex(/^[A-Za-z0-9-]{1,64}$/, 'must be 1 to 64 letters, digits or dashes');
/** What a traveller asks for: a seat and a room for each of the people, and one car. */
export const Wanted = z.strictObject({ flight: Name, hotel: Name, car: Name, people: z.int().min(1).max(9) });

const failed = v1(z.object({ travellerId, code: z.string().max(100) }));
const nothing = v1(z.object({}));

/** Flight and hotel are booked side by side; the car is asked for once there is a flight. */
export const saga = defineSaga({
  name: 'trip-saga',
  id: { prefix: 'trip', name: 'tripId' },
  owner: 'travellerId',
  completes: ['hotel.booked', 'car.booked'],
  events: {
    'trip.placed': v1(z.object({ travellerId, ...Wanted.shape })),
    'trip.cancelling': failed,
    'trip.booked': v1(z.object({ travellerId, reference: Name })),
    'trip.failed': failed,
    'flight.booked': nothing,
    'flight.refused': failed,
    'flight.released': nothing,
    'hotel.booked': nothing,
    'hotel.refused': failed,
    'hotel.released': nothing,
    'car.booked': v1(z.object({ reference: Name })),
    'car.refused': failed,
    'car.released': nothing,
  },
  participants: {
    trip: {
      begins: 'trip.placed',
      cancels: 'trip.cancelling',
      succeeds: 'trip.booked',
      fails: 'trip.failed',
    },
    flight: {
      consumes: ['trip.placed'],
      says: { 'flight.booked': 'step', 'flight.refused': 'failure', 'flight.released': 'compensation' },
      record: 'seats',
    },
    hotel: {
      consumes: ['trip.placed'],
      says: { 'hotel.booked': 'step', 'hotel.refused': 'failure', 'hotel.released': 'compensation' },
      record: 'rooms',
    },
    car: {
      consumes: ['trip.placed', 'flight.booked'],
      says: { 'car.booked': 'step', 'car.refused': 'failure', 'car.released': 'compensation' },
      record: 'car',
    },
  },
});
