import * as z from 'zod';
import type { Declaration } from '../../engine/saga/declaration.ts';
import { defineSaga } from '../../engine/saga/define-saga.ts';
import { v1 } from '../../engine/saga/event-definition.ts';
import { CallerId } from '../../engine/saga/ids.ts';

const nothing = v1(z.object({}));
const travellerId = CallerId;
const refusal = v1(z.object({ travellerId, code: z.string() }));

/** Three bookings side by side: a trip succeeds once all three have, in any order. */
export const tripDeclaration = {
  name: 'trip-saga',
  id: { prefix: 'trip', name: 'tripId' },
  owner: 'travellerId',
  completes: ['flight.booked', 'hotel.booked', 'car.booked'],
  events: {
    'trip.requested': v1(z.object({ travellerId, days: z.int() })),
    'flight.booked': v1(z.object({ days: z.int(), seat: z.string() })),
    'flight.refused': refusal,
    'flight.cancelled': v1(z.object({ days: z.int().optional() })),
    'hotel.booked': v1(z.object({ room: z.string() })),
    'hotel.refused': refusal,
    'hotel.cancelled': nothing,
    'car.booked': v1(z.object({ plate: z.string() })),
    'car.refused': v1(z.object({ travellerId, reason: z.string() })),
    'car.cancelled': nothing,
    'trip.cancelling': v1(z.object({ travellerId, cause: z.string() })),
    'trip.booked': v1(z.object({ travellerId, seat: z.string(), room: z.string(), plate: z.string() })),
    'trip.cancelled': v1(z.object({ travellerId, code: z.string() })),
  },
  participants: {
    trip: {
      begins: 'trip.requested',
      cancels: 'trip.cancelling',
      succeeds: 'trip.booked',
      fails: 'trip.cancelled',
    },
    flight: {
      consumes: ['trip.requested'],
      says: { 'flight.booked': 'step', 'flight.refused': 'failure', 'flight.cancelled': 'compensation' },
    },
    hotel: {
      consumes: ['trip.requested'],
      says: { 'hotel.booked': 'step', 'hotel.refused': 'failure', 'hotel.cancelled': 'compensation' },
    },
    car: {
      consumes: ['trip.requested'],
      says: { 'car.booked': 'step', 'car.refused': 'failure', 'car.cancelled': 'compensation' },
    },
  },
} as const satisfies Declaration;

export const trip = defineSaga(tripDeclaration);

/** The trip with participants that consume its outcome. */
export const tripWithMail = defineSaga({
  ...tripDeclaration,
  participants: {
    ...tripDeclaration.participants,
    congratulation: { consumes: ['trip.booked'], says: {} },
    condolence: { consumes: ['trip.cancelled'], says: {} },
  },
});
