import { describe, expect, test } from 'vitest';
import type { Json } from '../../../engine/batch/store.ts';
import { CallerId } from '../../../engine/saga/ids.ts';
import { places } from '../../../examples/trip/places.ts';
import { saga } from '../../../examples/trip/saga.ts';
import { cellsOf, gapsIn, inWords } from '../../support/decision-table.ts';

const flight = places('flight');
type Booking = NonNullable<Parameters<typeof flight.decide>[0]>;
type Fact = Parameters<typeof flight.decide>[1];

const travellerId = CallerId.parse('ada');
const changes = (delta: number): Booking['changes'] => [{ key: 'LEFT#LH1', attribute: 'left', delta }];
const states: Readonly<Record<string, Booking | undefined>> = {
  nothing: undefined,
  BOOKED: { travellerId, status: 'BOOKED', changes: changes(-2) },
  REFUSED: { travellerId, status: 'REFUSED', changes: [] },
  RELEASED: { travellerId, status: 'RELEASED', changes: changes(2) },
};

const wanted = { travellerId, flight: 'LH1', hotel: 'Ritz', car: 'mini', people: 2 };
const dataOf = (type: string): object => {
  if (type === 'trip.placed') return wanted;
  if (type === 'car.booked') return { reference: 'R1' };
  if (type === 'trip.booked') return { travellerId, reference: 'R1' };
  return saga.kindOf(type) === 'failure' || type === 'trip.failed' ? { travellerId, code: 'FULL' } : {};
};

const table = `
                    | nothing                           | BOOKED                            | REFUSED | RELEASED
trip.placed         | BOOKED » flight.booked (LEFT#LH1.left-2) | repeat                     | repeat  | repeat
trip.placed, full   | REFUSED » flight.refused          | repeat                            | repeat  | repeat
trip.placed, nowhere| REFUSED » flight.refused          | repeat                            | repeat  | repeat
trip.cancelling     | RELEASED » flight.released        | RELEASED » flight.released (LEFT#LH1.left+2) | repeat | repeat
hotel.refused       | RELEASED » flight.released        | RELEASED » flight.released (LEFT#LH1.left+2) | ignore | repeat
car.refused         | RELEASED » flight.released        | RELEASED » flight.released (LEFT#LH1.left+2) | ignore | repeat
flight.refused      | ignore                            | ignore                            | ignore  | ignore
flight.booked       | refuse                            | refuse                            | refuse  | refuse
flight.released     | refuse                            | refuse                            | refuse  | refuse
hotel.booked        | refuse                            | refuse                            | refuse  | refuse
hotel.released      | refuse                            | refuse                            | refuse  | refuse
car.booked          | refuse                            | refuse                            | refuse  | refuse
car.released        | refuse                            | refuse                            | refuse  | refuse
trip.booked         | refuse                            | refuse                            | refuse  | refuse
trip.failed         | refuse                            | refuse                            | refuse  | refuse
`;
const left: Readonly<Record<string, Json | undefined>> = { 'trip.placed': 2, 'trip.placed, full': 1 };

const cells = cellsOf(table);
const decisionOf = (row: string, column: string) => {
  const type = row.replace(/,.*/, '');
  return flight.decide(
    states[column],
    { type, data: dataOf(type) } as Fact,
    (key) => (key === 'LEFT#LH1' && row in left ? { pk: key, left: left[row] } : undefined),
    0,
  );
};

describe('a flight answers every event in every state', () => {
  test.each(cells)('$row when $column: $says', ({ row, column, says }) => {
    expect(inWords(decisionOf(row, column), ({ status }) => status)).toBe(says);
  });

  test('the table has every event type and every state, each once', () => {
    const rows = [...saga.eventTypes, 'trip.placed, full', 'trip.placed, nowhere'];
    expect(gapsIn(cells, rows, Object.keys(states))).toEqual([]);
  });

  test('every state it accepts can be stored, and everything it says can be read', () => {
    for (const { row, column } of cells) {
      const decision = decisionOf(row, column);
      if (decision.kind !== 'accept') continue;
      expect(flight.table.schema.parse(decision.state)).toEqual(decision.state);
      for (const { type, data } of decision.says ?? [])
        expect(saga.readFact(type, 1, data)).toEqual({ kind: 'read', fact: { type, data } });
    }
  });
});
