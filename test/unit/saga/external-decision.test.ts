import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import type { AnyFact } from '../../../engine/saga/declaration.ts';
import { defineSaga } from '../../../engine/saga/define-saga.ts';
import { v1 } from '../../../engine/saga/event-definition.ts';
import type { Answer, Call, ExternalState } from '../../../engine/saga/external-state.ts';
import { externalStep } from '../../../engine/saga/external-step.ts';
import { shop } from '../../../functions/shop.ts';
import { cellsOf, expectUsable, gapsIn, inWords, statusesOf } from '../../support/decision-table.ts';
import { trip, tripDeclaration } from '../../support/declared-sagas.ts';

const flying = externalStep(trip, 'flight', { asks: z.object({ days: z.int() }), keeps: ['days'] });

const travellerId = 'traveller-1';
const asked = { travellerId, days: 3 };
const booked = { ...asked, seat: '12A' };

const states: Readonly<Record<string, ExternalState | undefined>> = {
  nothing: undefined,
  ASKING: { ...asked, status: 'ASKING' },
  ABANDONING: { ...asked, status: 'ABANDONING' },
  DONE: { ...booked, status: 'DONE' },
  REFUSED: { ...asked, status: 'REFUSED', code: 'FULL' },
  UNDOING: { ...booked, status: 'UNDOING' },
  UNDONE: { ...booked, status: 'UNDONE' },
  VOID: { travellerId, status: 'VOID' },
};

const answers: Readonly<Record<string, Answer>> = {
  'call.done': { type: 'call.done', answer: { seat: '12A' } },
  'call.refused': { type: 'call.refused', answer: { code: 'FULL' } },
  'undo.done': { type: 'undo.done', answer: {} },
  'another answer': { type: 'call.lost', answer: {} },
};

const facts: Readonly<Record<string, AnyFact>> = Object.fromEntries(
  trip.eventTypes.map((type) => [type, { type, data: { travellerId, days: 3 } }]),
);
const inputs: Readonly<Record<string, AnyFact | Answer>> = { ...facts, ...answers };

const underway = `
                 | nothing                 | ASKING                   | ABANDONING              | UNDOING
trip.requested   | ASKING ⇒ ask            | resume ask               | ignore                  | ignore
hotel.refused    | VOID » flight.cancelled | ABANDONING ⇒ ask         | resume ask              | resume undo
car.refused      | VOID » flight.cancelled | ABANDONING ⇒ ask         | resume ask              | resume undo
trip.cancelling  | VOID » flight.cancelled | ABANDONING ⇒ ask         | resume ask              | resume undo
flight.refused   | ignore                  | ignore                   | ignore                  | ignore
call.done        | refuse                  | DONE » flight.booked     | UNDOING ⇒ undo          | resume undo
call.refused     | refuse                  | REFUSED » flight.refused | VOID » flight.cancelled | refuse
undo.done        | refuse                  | refuse                   | refuse                  | UNDONE » flight.cancelled
another answer   | refuse                  | refuse                   | refuse                  | refuse
flight.booked    | refuse                  | refuse                   | refuse                  | refuse
flight.cancelled | refuse                  | refuse                   | refuse                  | refuse
hotel.booked     | refuse                  | refuse                   | refuse                  | refuse
hotel.cancelled  | refuse                  | refuse                   | refuse                  | refuse
car.booked       | refuse                  | refuse                   | refuse                  | refuse
car.cancelled    | refuse                  | refuse                   | refuse                  | refuse
trip.booked      | refuse                  | refuse                   | refuse                  | refuse
trip.cancelled   | refuse                  | refuse                   | refuse                  | refuse
`;

const settled = `
                 | DONE           | REFUSED | VOID   | UNDONE
trip.requested   | repeat         | repeat  | repeat | repeat
hotel.refused    | UNDOING ⇒ undo | ignore  | repeat | repeat
car.refused      | UNDOING ⇒ undo | ignore  | repeat | repeat
trip.cancelling  | UNDOING ⇒ undo | repeat  | repeat | repeat
flight.refused   | ignore         | ignore  | ignore | ignore
call.done        | repeat         | refuse  | refuse | repeat
call.refused     | refuse         | repeat  | repeat | refuse
undo.done        | refuse         | repeat  | refuse | repeat
another answer   | refuse         | refuse  | refuse | refuse
flight.booked    | refuse         | refuse  | refuse | refuse
flight.cancelled | refuse         | refuse  | refuse | refuse
hotel.booked     | refuse         | refuse  | refuse | refuse
hotel.cancelled  | refuse         | refuse  | refuse | refuse
car.booked       | refuse         | refuse  | refuse | refuse
car.cancelled    | refuse         | refuse  | refuse | refuse
trip.booked      | refuse         | refuse  | refuse | refuse
trip.cancelled   | refuse         | refuse  | refuse | refuse
`;

const cells = cellsOf(underway, settled);
const decisionOf = (row: string, column: string) => flying.decide(states[column], inputs[row] as AnyFact);

describe('a step that asks the outside answers every event and every answer in every state', () => {
  test.each(cells)('$row when $column: $says', ({ row, column, says }) => {
    expect(inWords(decisionOf(row, column), ({ status }) => status)).toBe(says);
  });

  test('the table has every event type, every answer and every state, each once', () => {
    expect(gapsIn(cells, Object.keys(inputs), Object.keys(states))).toEqual([]);
    // It hears of one event, so it never waits for another.
    const statuses = statusesOf(flying.table.schema).filter((status) => status !== 'WAITING');
    expect(Object.keys(states).toSorted()).toEqual(['nothing', ...statuses].toSorted());
  });

  test('every state it accepts can be stored, and everything it says can be read', () => {
    expectUsable(cells, decisionOf, flying.table);
  });

  test('an intent is written before the outside is asked, and nothing is said until it has answered', () => {
    for (const { row, column } of cells) {
      const decision = decisionOf(row, column);
      if (decision.kind === 'accept' && decision.effect !== undefined) expect(decision.says).toEqual([]);
    }
  });

  test('a status that only another version knows is an error and not an answer', () => {
    const later = { ...asked, status: 'POSTPONED' };
    for (const type of ['trip.requested', 'trip.cancelling'])
      expect(() => flying.decide(later, facts[type] as AnyFact)).toThrow('the unknown status POSTPONED');
  });
});

describe('what is asked, kept and said', () => {
  const ask = { call: 'ask', request: { days: 3 } };
  const undo = { call: 'undo', done: { days: 3, seat: '12A' } };

  test.each([
    ['trip.requested', 'nothing', { ...ask, again: false }],
    ['trip.requested', 'ASKING', { ...ask, again: true }],
    ['trip.cancelling', 'ASKING', { ...ask, again: true, unwanted: true }],
    ['trip.cancelling', 'ABANDONING', { ...ask, again: true, unwanted: true }],
    ['call.done', 'ABANDONING', { ...undo, again: false }],
    ['trip.cancelling', 'DONE', { ...undo, again: false }],
    ['trip.cancelling', 'UNDOING', { ...undo, again: true }],
    ['call.done', 'UNDOING', { ...undo, again: true }],
  ])('%s when %s: what it is about, and whether it may have been asked before', (row, column, effect) => {
    expect(decisionOf(row, column)).toMatchObject({ effect });
  });

  test('only what is going to be undone is said to be unwanted', () => {
    for (const column of ['nothing', 'ASKING'])
      expect(decisionOf('trip.requested', column)).not.toHaveProperty('effect.unwanted');
  });

  test.each([
    ['call.done', 'ASKING', states.DONE, { days: 3, seat: '12A' }],
    ['call.refused', 'ASKING', states.REFUSED, { travellerId, code: 'FULL' }],
    ['undo.done', 'UNDOING', states.UNDONE, { days: 3 }],
    ['trip.cancelling', 'nothing', states.VOID, {}],
  ])(
    '%s when %s: what the answer says, what is to be kept of the request, and whose it is',
    (row, column, state, data) => {
      expect(decisionOf(row, column)).toMatchObject({ state, says: [{ data }] });
    },
  );

  test.each([
    ['another answer', 'ASKING', 'the outside answered call.lost'],
    ['call.done', 'nothing', 'the outside did a step that is not begun'],
    ['call.done', 'VOID', 'the outside did a step that is VOID'],
    ['call.refused', 'DONE', 'the outside refused a step that is DONE'],
    ['undo.done', 'DONE', 'the outside undid a step that is DONE'],
    ['hotel.booked', 'ASKING', 'hotel.booked is not for flight'],
  ])('%s when %s is refused as what it is', (row, column, reason) => {
    expect(decisionOf(row, column)).toEqual({ kind: 'refuse', reason });
  });

  test('the record is written by the name of the event that may be the first', () => {
    expect(flying.opens).toBe('trip.requested');
  });

  test('a name of its own takes the place of one of the machine’s, and the others stay', () => {
    const own = externalStep(trip, 'hotel', { asks: z.object({}), names: { done: 'SLEEPING' } });
    const asking = { travellerId, status: 'ASKING' };
    const answer = { type: 'call.done', answer: { room: '7' } };
    expect(own.decide(asking, answer)).toMatchObject({ state: { status: 'SLEEPING', room: '7' } });
  });
});

// Fails where only the consumer finds out: the answer to a failure is a dead letter, and the saga never ends.
test('a step that could not say that nothing was done is refused with what to do', () => {
  expect(() => externalStep(shop, 'payment', { asks: z.object({}), voided: 'payment.refunded' })).toThrow(
    'payment.refunded says what was undone, but nothing may have been done: let its members be optional, ' +
      'or declare another compensation and name it as "voided"',
  );
});

// Fails where nobody looks: the record lacks what the outside is asked with, and cannot be read again.
test('a step that asks with what it never hears is refused with what to do', () => {
  expect(() => externalStep(trip, 'hotel', { asks: z.object({ days: z.int(), stars: z.int() }) })).toThrow(
    'hotel asks with stars, which no event that it consumes has: consume an event with it, too',
  );
});

// Fails where a record is written unread: its status is overwritten, so nobody can read it, and what was done is never undone.
test('a step whose event or request has a member of the engine’s own is refused with what to do', () => {
  const { events, participants } = tripDeclaration;
  const booked = v1(z.object({ room: z.string(), status: z.string() }));
  const renamed = 'which its record has already: give it another name';
  const saga = defineSaga({
    ...tripDeclaration,
    events: { ...events, 'hotel.booked': booked },
    participants,
  });
  expect(() => externalStep(saga, 'hotel', { asks: z.object({}) })).toThrow(
    `hotel cannot have a member status, ${renamed}`,
  );
  expect(() => externalStep(trip, 'hotel', { asks: z.object({ heard: z.int() }) })).toThrow(
    `hotel cannot have a member heard, ${renamed}`,
  );
});

// Fails where the event alone is trusted: what the outside is asked with cannot be read back from the record.
test('an event that does not say enough to ask the outside is refused', () => {
  const { decide } = externalStep(trip, 'hotel', { asks: z.object({ days: z.int().max(30) }) });
  expect(decide(undefined, { type: 'trip.requested', data: { travellerId, days: 31 } })).toEqual({
    kind: 'refuse',
    reason: 'it cannot be asked for: days: Too big: expected number to be <=30',
  });
});

// Fails where an answer is taken as it is: neither the record nor the event can be read, so that the saga never ends.
test.each([
  ['ASKING', { type: 'call.done', answer: { room: 7 } }, 'hotel.booked cannot say: room: '],
  ['ABANDONING', { type: 'call.done', answer: {} }, 'hotel.booked cannot say: room: '],
  ['ASKING', { type: 'call.refused', answer: {} }, 'hotel.refused cannot say: code: '],
])('while %s, %j counts as not answered', (status, answer, flaw) => {
  const { decide } = externalStep(trip, 'hotel', { asks: z.object({}) });
  expect(() => decide({ travellerId, status }, answer)).toThrow(`the outside answered what ${flaw}`);
});

// Fails where only a failure says whose saga it is: the answer lacks what the event has to have, and is asked for for ever.
test('what an event says of whose saga it is comes of the record, and not of the outside', () => {
  const { events } = tripDeclaration;
  const owned = v1(z.object({ travellerId: z.string(), room: z.string() }));
  const saga = defineSaga({ ...tripDeclaration, events: { ...events, 'hotel.booked': owned } });
  const { decide } = externalStep(saga, 'hotel', { asks: z.object({}) });
  const answered = { type: 'call.done', answer: { room: '7' } };
  expect(decide({ travellerId, status: 'ASKING' }, answered)).toEqual({
    kind: 'accept',
    state: { travellerId, status: 'DONE', room: '7' },
    says: [{ type: 'hotel.booked', data: { travellerId, room: '7' } }],
  });
});

// Fails where the machine says the first of them only: the others are declared, waited for and never said.
test('a step with two failures, or with a compensation too many, is refused with what to do', () => {
  const { events, participants } = tripDeclaration;
  const saying = (type: 'hotel.full' | 'hotel.left', kind: 'failure' | 'compensation') =>
    defineSaga({
      ...tripDeclaration,
      events: { ...events, [type]: kind === 'failure' ? events['hotel.refused'] : events['hotel.cancelled'] },
      participants: {
        ...participants,
        hotel: { ...participants.hotel, says: { ...participants.hotel.says, [type]: kind } },
      },
    });
  const twoFailures = saying('hotel.full', 'failure');
  expect(() => externalStep(twoFailures, 'hotel', { asks: z.object({}) })).toThrow(
    'hotel never says hotel.full: a step that asks the outside has one failure, so let its data tell why',
  );
  const twoAnswers = saying('hotel.left', 'compensation');
  expect(() => externalStep(twoAnswers, 'hotel', { asks: z.object({}) })).toThrow(
    'hotel never says hotel.left: declare one compensation, and others only as "voided" and "resolved"',
  );
  expect(
    externalStep(twoAnswers, 'hotel', { asks: z.object({}), voided: 'hotel.left' as never }).voided,
  ).toBe('hotel.left');
});

test('the outside is asked, and asked to undo, once only as if it had never been asked before', () => {
  const anyInput = fc.constantFrom(...Object.values(inputs));
  fc.assert(
    fc.property(fc.array(anyInput, { maxLength: 20 }), (given) => {
      let state: ExternalState | undefined;
      const calls: Call[] = [];
      for (const input of given) {
        const decision = flying.decide(state, input);
        if ('effect' in decision && decision.effect !== undefined) calls.push(decision.effect);
        if (decision.kind === 'accept') state = decision.state;
      }
      for (const call of ['ask', 'undo'] as const) {
        const made = calls.flatMap((each) => (each.call === call ? [each.again] : []));
        expect(made).toEqual(made.map((_, index) => index > 0));
      }
    }),
  );
});
