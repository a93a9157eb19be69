import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import type { AnyFact } from '../../../engine/saga/declaration.ts';
import { initiatorTable } from '../../../engine/saga/initiator-table.ts';
import { cellsOf, expectUsable, gapsIn, inWords, statusesOf } from '../../support/decision-table.ts';
import { trip } from '../../support/declared-sagas.ts';
import {
  booked,
  decideTrip,
  placedTrip as placed,
  type Trip,
  type TripCommand,
  trips,
} from '../../support/declared-trip.ts';

const { travellerId } = placed;
const facts: Readonly<Record<string, AnyFact>> = {
  ...Object.fromEntries(trip.eventTypes.map((type) => [type, { type, data: { travellerId, code: 'FULL' } }])),
  ...booked,
};

/**
 * `(f)`: flight.booked has come. `+f`: flight has answered. `!`: the outcome is not known to be published.
 * `*`: a participant failed, which told everybody, so the trip said nothing itself.
 */
const pending = { ...placed, status: 'PENDING', answered: [] } as const;
const cancelling = { ...placed, status: 'CANCELLING', reason: { code: 'TRAVELLER' } } as const;
const refused = { ...cancelling, reason: { code: 'NO_CAR' }, failure: 'car.refused' } as const;
const confirmed = { ...placed, status: 'CONFIRMED', seat: '12A', room: '7' } as const;
const cancelled = { ...placed, status: 'CANCELLED', reason: { code: 'TRAVELLER' } } as const;
const { 'flight.booked': flight, 'hotel.booked': hotel } = booked;
const heardOf = (...heard: readonly AnyFact[]) =>
  Object.fromEntries(heard.map(({ type, data }) => [type, { version: 1, data }]));
const states: Readonly<Record<string, Trip | undefined>> = {
  nothing: undefined,
  PENDING: pending,
  'PENDING(f)': { ...pending, heard: heardOf(flight) },
  'PENDING(fh)': { ...pending, heard: heardOf(flight, hotel) },
  'PENDING+h': { ...pending, answered: ['hotel'] },
  CANCELLING: { ...cancelling, failure: 'trip.cancelling', answered: [] },
  'CANCELLING+fh': { ...cancelling, failure: 'trip.cancelling', answered: ['flight', 'hotel'] },
  'CANCELLING*+c': { ...refused, answered: ['car'] },
  'CANCELLING*+cf': { ...refused, answered: ['car', 'flight'] },
  CONFIRMED: confirmed,
  'CONFIRMED!': { ...confirmed, isUntold: true },
  CANCELLED: cancelled,
  'CANCELLED!': { ...cancelled, isUntold: true },
};

const DEADLINE_MS = 900_000;
const commands: Readonly<Record<string, TripCommand>> = {
  place: { type: 'place', placed },
  'place, other body': { type: 'place', placed: { ...placed, fingerprint: 'another' } },
  cancel: { type: 'cancel', by: 'TRAVELLER' },
  nudge: { type: 'nudge', nowMs: placed.createdAtMs + DEADLINE_MS - 1, deadlineMs: DEADLINE_MS },
  'nudge, deadline': { type: 'nudge', nowMs: placed.createdAtMs + DEADLINE_MS, deadlineMs: DEADLINE_MS },
  told: { type: 'told' },
};
const inputs: Readonly<Record<string, TripCommand | AnyFact>> = { ...commands, ...facts };

const cells = cellsOf(
  `
                  | nothing                  | PENDING                      | PENDING(f)                   | PENDING(fh)                  | PENDING+h
place             | PENDING » trip.requested | repeat                       | repeat                       | repeat                       | repeat
place, other body | PENDING » trip.requested | refuse                       | refuse                       | refuse                       | refuse
cancel            | refuse                   | CANCELLING » trip.cancelling | CANCELLING » trip.cancelling | CANCELLING » trip.cancelling | CANCELLING+h » trip.cancelling
nudge             | refuse                   | repeat                       | repeat                       | repeat                       | CANCELLING+h » trip.cancelling
nudge, deadline   | refuse                   | CANCELLING » trip.cancelling | CANCELLING » trip.cancelling | CANCELLING » trip.cancelling | CANCELLING+h » trip.cancelling
told              | refuse                   | ignore                       | ignore                       | ignore                       | ignore
trip.requested    | refuse                   | refuse                       | refuse                       | refuse                       | refuse
flight.booked     | refuse                   | PENDING(f)                   | ignore                       | ignore                       | ignore
hotel.booked      | refuse                   | PENDING(h)                   | PENDING(fh)                  | ignore                       | ignore
car.booked        | refuse                   | PENDING(c)                   | PENDING(cf)                  | CONFIRMED » trip.booked      | ignore
flight.refused    | refuse                   | CANCELLING*+f » (nothing)    | CANCELLING*+f » (nothing)    | CANCELLING*+f » (nothing)    | CANCELLING*+fh » (nothing)
hotel.refused     | refuse                   | CANCELLING*+h » (nothing)    | CANCELLING*+h » (nothing)    | CANCELLING*+h » (nothing)    | CANCELLING*+h » (nothing)
car.refused       | refuse                   | CANCELLING*+c » (nothing)    | CANCELLING*+c » (nothing)    | CANCELLING*+c » (nothing)    | CANCELLING*+ch » (nothing)
flight.cancelled  | ignore                   | PENDING+f                    | PENDING(f)+f                 | PENDING(fh)+f                | PENDING+fh
hotel.cancelled   | ignore                   | PENDING+h                    | PENDING(f)+h                 | PENDING(fh)+h                | ignore
car.cancelled     | ignore                   | PENDING+c                    | PENDING(f)+c                 | PENDING(fh)+c                | PENDING+ch
trip.cancelling   | refuse                   | ignore                       | ignore                       | ignore                       | ignore
trip.booked       | refuse                   | refuse                       | refuse                       | refuse                       | refuse
trip.cancelled    | refuse                   | refuse                       | refuse                       | refuse                       | refuse
`,
  `
                  | CANCELLING   | CANCELLING+fh              | CANCELLING*+c                  | CANCELLING*+cf
place             | ignore       | ignore                     | ignore                         | ignore
place, other body | refuse       | refuse                     | refuse                         | refuse
cancel            | repeat       | repeat                     | repeat                         | repeat
nudge             | repeat       | repeat                     | CANCELLING+c » trip.cancelling | CANCELLING+cf » trip.cancelling
nudge, deadline   | repeat       | repeat                     | CANCELLING+c » trip.cancelling | CANCELLING+cf » trip.cancelling
told              | ignore       | ignore                     | ignore                         | ignore
trip.requested    | refuse       | refuse                     | refuse                         | refuse
flight.booked     | ignore       | ignore                     | ignore                         | ignore
hotel.booked      | ignore       | ignore                     | ignore                         | ignore
car.booked        | ignore       | ignore                     | ignore                         | ignore
flight.refused    | CANCELLING+f | ignore                     | CANCELLING*+cf                 | ignore
hotel.refused     | CANCELLING+h | ignore                     | CANCELLING*+ch                 | CANCELLED » trip.cancelled
car.refused       | CANCELLING+c | CANCELLED » trip.cancelled | ignore                         | ignore
flight.cancelled  | CANCELLING+f | ignore                     | CANCELLING*+cf                 | ignore
hotel.cancelled   | CANCELLING+h | ignore                     | CANCELLING*+ch                 | CANCELLED » trip.cancelled
car.cancelled     | CANCELLING+c | CANCELLED » trip.cancelled | ignore                         | ignore
trip.cancelling   | ignore       | ignore                     | ignore                         | ignore
trip.booked       | refuse       | refuse                     | refuse                         | refuse
trip.cancelled    | refuse       | refuse                     | refuse                         | refuse
`,
  `
                  | CONFIRMED | CONFIRMED! | CANCELLED | CANCELLED!
place             | ignore    | ignore     | ignore    | ignore
place, other body | refuse    | refuse     | refuse    | refuse
cancel            | refuse    | refuse     | repeat    | repeat
nudge             | ignore    | repeat     | ignore    | repeat
nudge, deadline   | ignore    | repeat     | ignore    | repeat
told              | ignore    | CONFIRMED  | ignore    | CANCELLED
trip.requested    | refuse    | refuse     | refuse    | refuse
flight.booked     | repeat    | repeat     | ignore    | ignore
hotel.booked      | repeat    | repeat     | ignore    | ignore
car.booked        | repeat    | repeat     | ignore    | ignore
flight.refused    | refuse    | refuse     | repeat    | repeat
hotel.refused     | refuse    | refuse     | repeat    | repeat
car.refused       | refuse    | refuse     | repeat    | repeat
flight.cancelled  | refuse    | refuse     | repeat    | repeat
hotel.cancelled   | refuse    | refuse     | repeat    | repeat
car.cancelled     | refuse    | refuse     | repeat    | repeat
trip.cancelling   | ignore    | ignore     | ignore    | ignore
trip.booked       | refuse    | refuse     | refuse    | refuse
trip.cancelled    | refuse    | refuse     | refuse    | refuse
`,
);

const initials = (names: readonly string[]): string =>
  names
    .map((name) => name.slice(0, 1))
    .toSorted()
    .join('');

function nameOf(state: Trip): string {
  const heard =
    'heard' in state && state.heard !== undefined ? `(${initials(Object.keys(state.heard))})` : '';
  const silent = state.status === 'CANCELLING' && state.failure !== 'trip.cancelling' ? '*' : '';
  const answered = 'answered' in state && state.answered.length > 0 ? `+${initials(state.answered)}` : '';
  const untold = 'isUntold' in state ? '!' : '';
  return `${state.status}${heard}${silent}${answered}${untold}`;
}

const decisionOf = (row: string, column: string) => decideTrip(states[column], inputs[row] as AnyFact);

describe('whoever begins a saga answers every event and command in every state', () => {
  test.each(cells)('$row when $column: $says', ({ row, column, says }) => {
    expect(inWords(decisionOf(row, column), nameOf)).toBe(says);
  });

  test('the table has every event type, every command and every state, each once', () => {
    expect(gapsIn(cells, [...Object.keys(commands), ...trip.eventTypes], Object.keys(states))).toEqual([]);
    expect(new Set(Object.values(states).map((state) => state?.status))).toEqual(
      new Set([undefined, ...statusesOf(trips.schema)]),
    );
  });

  test('every state it accepts can be stored, and everything it says can be read', () => {
    expectUsable(cells, decisionOf, trips);
  });
});

// Fails where the failure's compensations are looked up under a name that nobody has any more: the trip is never read again.
test('a failure that the declaration no longer knows is answered like the trip’s own', () => {
  const state: Trip = { ...refused, failure: 'car.denied', answered: ['car', 'flight'] };
  expect(trips.schema.parse(state)).toEqual(state);
  expect(decideTrip(state, facts['hotel.cancelled'] as AnyFact)).toMatchObject({
    kind: 'accept',
    state: { status: 'CANCELLED' },
  });
  expect(decideTrip({ ...state, answered: [] }, commands.nudge as TripCommand)).toMatchObject({
    kind: 'accept',
    state: { status: 'CANCELLING', failure: 'trip.cancelling' },
    says: [{ type: 'trip.cancelling' }],
  });
});

// Fails where a record is written unread: its status is overwritten, so the saga can never be read again.
test.each(['status', 'answered', 'heard', 'isUntold', 'reason', 'failure'])(
  'a record with a %s of its own is refused',
  (name) => {
    const flaw = `trip cannot have a member ${name}, which its record has already: give it another name`;
    const begun = z.object({ fingerprint: z.string(), createdAtMs: z.number() });
    const own = { [name]: z.string() };
    expect(() => initiatorTable(trip, begun.extend(own) as unknown as typeof begun, z.object({}))).toThrow(
      flaw,
    );
    expect(() => initiatorTable(trip, begun, z.object({ [name]: z.string() }))).toThrow(flaw);
  },
);
