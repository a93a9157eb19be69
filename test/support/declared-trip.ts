import * as z from 'zod';
import { CallerId } from '../../engine/saga/ids.ts';
import { type Command, initiator, type Reason } from '../../engine/saga/initiator.ts';
import { initiatorTable } from '../../engine/saga/initiator-table.ts';
import { trip, tripWithMail } from './declared-sagas.ts';

const Placed = z.object({
  travellerId: CallerId,
  days: z.int(),
  fingerprint: z.string(),
  createdAtMs: z.number(),
});
export type PlacedTrip = Readonly<z.infer<typeof Placed>>;
export type TripCommand = Command<PlacedTrip>;

export const placedTrip: PlacedTrip = {
  travellerId: CallerId.parse('traveller-1'),
  days: 3,
  fingerprint: 'f',
  createdAtMs: 1_000,
};

/** One of each event that completes a trip. */
export const booked = {
  'flight.booked': { type: 'flight.booked', data: { days: 3, seat: '12A' } },
  'hotel.booked': { type: 'hotel.booked', data: { room: '7' } },
  'car.booked': { type: 'car.booked', data: { plate: 'X-1' } },
} as const;

interface Heard {
  readonly 'flight.booked': { readonly seat: string };
  readonly 'hotel.booked': { readonly room: string };
  readonly 'car.booked': { readonly plate: string };
}

const story = {
  begin: ({ travellerId, days }: PlacedTrip) => ({ travellerId, days }),
  succeed: ({ travellerId }: PlacedTrip, heard: Heard) => {
    const keeps = { seat: heard['flight.booked'].seat, room: heard['hotel.booked'].room };
    return { keeps, outcome: { travellerId, ...keeps, plate: heard['car.booked'].plate } };
  },
  cancel: ({ travellerId }: Pick<PlacedTrip, 'travellerId'>, { code }: Reason) => ({
    travellerId,
    cause: code,
  }),
  fail: ({ travellerId }: PlacedTrip, { code }: Reason) => ({ travellerId, code }),
};

export const decideTrip = initiator(trip, story);
/** With participants that consume the outcome. */
export const decideTripWithMail = initiator(tripWithMail, story);

export type Trip = NonNullable<Parameters<typeof decideTrip>[0]>;
export const trips = initiatorTable(trip, Placed, z.object({ seat: z.string(), room: z.string() }));
