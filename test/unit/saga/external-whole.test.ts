import { describe, expect, test } from 'vitest';
import type { AnyFact } from '../../../engine/saga/declaration.ts';
import type { Answer, ExternalCommand, ExternalState } from '../../../engine/saga/external-state.ts';
import { CallerId } from '../../../engine/saga/ids.ts';
import { cellsOf, expectUsable, gapsIn, inWords, statusesOf } from '../../support/decision-table.ts';
import { flying, tripWithPassport as trip } from '../../support/declared-flight.ts';

/**
 * Goal: a step that has all that a step can have is total, by the machine's own names and in a saga that is no shop.
 * `!`: a person is needed. `-`: it is revoked, and undone because of that. `~`: it was.
 */
const travellerId = CallerId.parse('traveller-1');
const asked = { travellerId, days: 3 };
const asking = { ...asked, booking: 'b-1' };
const booked = { ...asked, seat: '12A' };
const action = { page: 'https://air.example/passport' };
const impasse = { waitingFor: 'person', reason: 'the ticket is used' };
const refusal = { code: 'FULL' };
const resolution = { by: CallerId.parse('olga'), reason: 'paid by voucher', proof: 'voucher 7' };

const states: Readonly<Record<string, ExternalState | undefined>> = {
  nothing: undefined,
  ASKING: { ...asking, status: 'ASKING' },
  AWAITING: { ...asking, status: 'AWAITING', action },
  ABANDONING: { ...asking, status: 'ABANDONING' },
  DONE: { ...booked, status: 'DONE' },
  UNDOING: { ...booked, status: 'UNDOING' },
  'UNDOING!': { ...booked, status: 'UNDOING', impasse },
  'UNDOING-': { ...booked, status: 'UNDOING', refusal },
  UNDONE: { ...booked, status: 'UNDONE', credit: 'c-1' },
  'UNDOING!-': { ...booked, status: 'UNDOING', impasse, refusal },
  RESOLVED: { ...booked, status: 'RESOLVED', resolution },
  REFUSED: { ...asked, status: 'REFUSED', code: 'FULL' },
  'REFUSED~': { ...asked, status: 'REFUSED', code: 'FULL', revoked: { seat: '12A', credit: 'c-1' } },
  VOID: { travellerId, status: 'VOID' },
};

const heard = { 'trip.requested': { version: 1, data: { travellerId, days: 3 } } };
const answers: Readonly<Record<string, Answer>> = {
  'call.prepared': { type: 'call.prepared', answer: { booking: 'b-1' }, heard },
  'not prepared': { type: 'call.refused', answer: refusal, heard },
  'call.pending': { type: 'call.pending', answer: { reason: 'the airline thinks' } },
  'call.done': { type: 'call.done', answer: { seat: '12A' } },
  'call.refused': { type: 'call.refused', answer: refusal },
  'call.waits': { type: 'call.waits', answer: { waitingFor: 'traveller' }, action },
  'waits anew': {
    type: 'call.waits',
    answer: { waitingFor: 'traveller' },
    action: { page: 'https://air.example/visa' },
  },
  'call.revoked': { type: 'call.revoked', answer: { seat: '12A' }, refusal },
  'undo.done': { type: 'undo.done', answer: { credit: 'c-1' } },
  'undo.refused': { type: 'undo.refused', answer: impasse },
  'step.observed': { type: 'step.observed', answer: { changes: 1 } },
  'look: pending': { type: 'call.pending', answer: { reason: 'the airline thinks' }, isLook: true },
  'look: undone': { type: 'undo.done', answer: { credit: 'c-1' }, isLook: true },
  'look: anew': { type: 'undo.done', answer: { credit: 'c-2' }, isLook: true },
  'look: refused': { type: 'undo.refused', answer: impasse, isLook: true },
  'another answer': { type: 'call.lost', answer: {} },
};
const commands: Readonly<Record<string, ExternalCommand>> = {
  look: { type: 'look', at: 'aftermath' },
  'look at the call': { type: 'look', at: 'call' },
  resolve: { type: 'resolve', resolution },
};
const factOf = (type: string): AnyFact => ({ type, data: { travellerId, days: 3 } });
/** Of all others, the step hears nothing. */
const concerns = ['trip.requested', 'hotel.refused', 'car.refused', 'trip.cancelling', 'flight.refused'];
const inputs: Readonly<Record<string, AnyFact | Answer | ExternalCommand>> = {
  ...Object.fromEntries(concerns.map((type) => [type, factOf(type)])),
  ...answers,
  ...commands,
};

const nameOf = (state: ExternalState) =>
  `${state.status}${'impasse' in state ? '!' : ''}${'refusal' in state ? '-' : ''}${'revoked' in state ? '~' : ''}`;
const decisionOf = (row: string, column: string) =>
  flying.decide(states[column], inputs[row] as AnyFact | Answer | ExternalCommand);

const underway = `
                 | nothing                  | ASKING                   | AWAITING                 | ABANDONING
trip.requested   | resume prepare           | resume ask               | resume ask               | ignore
hotel.refused    | VOID » flight.cancelled  | ABANDONING ⇒ ask         | ABANDONING ⇒ ask         | resume ask
car.refused      | VOID » flight.cancelled  | ABANDONING ⇒ ask         | ABANDONING ⇒ ask         | resume ask
trip.cancelling  | VOID » flight.cancelled  | ABANDONING ⇒ ask         | ABANDONING ⇒ ask         | resume ask
flight.refused   | ignore                   | ignore                   | ignore                   | ignore
call.prepared    | ASKING ⇒ ask             | resume ask               | resume ask               | ignore
not prepared     | REFUSED » flight.refused | resume ask               | resume ask               | ignore
call.pending     | ignore                   | ignore                   | ignore                   | ignore
call.done        | refuse                   | DONE » flight.booked     | DONE » flight.booked     | UNDOING ⇒ undo
call.refused     | refuse                   | REFUSED » flight.refused | REFUSED » flight.refused | VOID » flight.cancelled
call.waits       | refuse                   | AWAITING » flight.held   | repeat                   | ignore
waits anew       | refuse                   | AWAITING » flight.held   | AWAITING » flight.held   | ignore
call.revoked     | refuse                   | UNDOING- ⇒ undo          | UNDOING- ⇒ undo          | UNDOING ⇒ undo
undo.done        | refuse                   | refuse                   | refuse                   | refuse
undo.refused     | refuse                   | refuse                   | refuse                   | refuse
step.observed    | ignore                   | ignore                   | ignore                   | ignore
look: pending    | ignore                   | ignore                   | ignore                   | ignore
look: undone     | refuse                   | refuse                   | refuse                   | refuse
look: anew       | refuse                   | refuse                   | refuse                   | refuse
look: refused    | refuse                   | refuse                   | refuse                   | refuse
another answer   | refuse                   | refuse                   | refuse                   | refuse
look             | ignore                   | resume ask               | resume ask               | resume ask
look at the call | ignore                   | resume ask               | resume ask               | resume ask
resolve          | refuse                   | refuse                   | refuse                   | refuse
`;

const beingUndone = `
                 | UNDOING                    | UNDOING!                  | UNDOING-                    | UNDOING!-                  | RESOLVED
trip.requested   | ignore                     | ignore                    | resume undo                 | repeat                     | repeat
hotel.refused    | resume undo                | repeat                    | resume undo                 | repeat                     | repeat
car.refused      | resume undo                | repeat                    | resume undo                 | repeat                     | repeat
trip.cancelling  | resume undo                | repeat                    | resume undo                 | repeat                     | repeat
flight.refused   | ignore                     | ignore                    | ignore                      | ignore                     | ignore
call.prepared    | ignore                     | ignore                    | resume undo                 | repeat                     | repeat
not prepared     | ignore                     | ignore                    | resume undo                 | repeat                     | repeat
call.pending     | ignore                     | ignore                    | ignore                      | ignore                     | ignore
call.done        | resume undo                | repeat                    | resume undo                 | repeat                     | repeat
call.refused     | refuse                     | refuse                    | refuse                      | refuse                     | refuse
call.waits       | ignore                     | ignore                    | resume undo                 | repeat                     | repeat
waits anew       | ignore                     | ignore                    | resume undo                 | repeat                     | repeat
call.revoked     | resume undo                | repeat                    | resume undo                 | repeat                     | repeat
undo.done        | UNDONE » flight.cancelled  | UNDONE » flight.cancelled | REFUSED~ » flight.refused   | REFUSED~ » flight.refused  | repeat
undo.refused     | UNDOING! » flight.stranded | repeat                    | UNDOING!- » flight.stranded | repeat                     | repeat
step.observed    | ignore                     | ignore                    | ignore                      | ignore                     | ignore
look: pending    | ignore                     | ignore                    | ignore                      | ignore                     | ignore
look: undone     | UNDONE » flight.cancelled  | UNDONE » flight.cancelled | REFUSED~ » flight.refused   | REFUSED~ » flight.refused  | repeat
look: anew       | UNDONE » flight.cancelled  | UNDONE » flight.cancelled | REFUSED~ » flight.refused   | REFUSED~ » flight.refused  | repeat
look: refused    | UNDOING! » flight.stranded | repeat                    | UNDOING!- » flight.stranded | repeat                     | repeat
another answer   | refuse                     | refuse                    | refuse                      | refuse                     | refuse
look             | resume undo                | resume undo               | resume undo                 | resume undo                | ignore
look at the call | resume undo                | resume undo               | resume undo                 | resume undo                | ignore
resolve          | refuse                     | RESOLVED » flight.settled | refuse                      | RESOLVED- » flight.refused | repeat
`;

const settled = `
                 | DONE           | UNDONE                     | REFUSED | REFUSED~                    | VOID
trip.requested   | repeat         | repeat                     | repeat  | repeat                      | repeat
hotel.refused    | UNDOING ⇒ undo | repeat                     | ignore  | ignore                      | repeat
car.refused      | UNDOING ⇒ undo | repeat                     | ignore  | ignore                      | repeat
trip.cancelling  | UNDOING ⇒ undo | repeat                     | repeat  | repeat                      | repeat
flight.refused   | ignore         | ignore                     | ignore  | ignore                      | ignore
call.prepared    | repeat         | repeat                     | repeat  | repeat                      | repeat
not prepared     | repeat         | repeat                     | repeat  | repeat                      | repeat
call.pending     | ignore         | ignore                     | ignore  | ignore                      | ignore
call.done        | repeat         | repeat                     | refuse  | refuse                      | refuse
call.refused     | refuse         | refuse                     | repeat  | repeat                      | repeat
call.waits       | repeat         | repeat                     | repeat  | repeat                      | repeat
waits anew       | repeat         | repeat                     | repeat  | repeat                      | repeat
call.revoked     | repeat         | repeat                     | repeat  | repeat                      | refuse
undo.done        | refuse         | repeat                     | repeat  | repeat                      | refuse
undo.refused     | refuse         | repeat                     | repeat  | repeat                      | refuse
step.observed    | DONE           | ignore                     | ignore  | ignore                      | ignore
look: pending    | ignore         | UNDOING » (nothing)        | ignore  | UNDOING- » (nothing)        | ignore
look: undone     | refuse         | ignore                     | repeat  | ignore                      | refuse
look: anew       | refuse         | UNDONE » flight.cancelled  | repeat  | REFUSED~                    | refuse
look: refused    | refuse         | UNDOING! » flight.stranded | repeat  | UNDOING!- » flight.stranded | refuse
another answer   | refuse         | refuse                     | refuse  | refuse                      | refuse
look             | resume observe | resume undo                | ignore  | resume undo                 | ignore
look at the call | ignore         | ignore                     | ignore  | ignore                      | ignore
resolve          | refuse         | refuse                     | refuse  | refuse                      | refuse
`;

const cells = cellsOf(underway, beingUndone, settled);

describe('a step that may wait, be stuck and be looked at answers every input in every state', () => {
  test.each(cells)('$row when $column: $says', ({ row, column, says }) => {
    expect(inWords(decisionOf(row, column), nameOf)).toBe(says);
  });

  test('the table has every input and every state, each once', () => {
    expect(gapsIn(cells, Object.keys(inputs), Object.keys(states))).toEqual([]);
    // It hears of one event, so it never waits for another.
    const statuses = statusesOf(flying.table.schema).filter((status) => status !== 'WAITING');
    const names = Object.keys(states).filter((name) => !/[!~-]$/.test(name));
    expect(names.toSorted()).toEqual(['nothing', ...statuses].toSorted());
  });

  test('what others say among themselves is refused in every state', () => {
    for (const type of trip.eventTypes.filter((each) => !concerns.includes(each)))
      for (const [name, state] of Object.entries(states))
        expect(flying.decide(state, factOf(type)), `${type} when ${name}`).toEqual({
          kind: 'refuse',
          reason: `${type} is not for flight`,
        });
  });

  test('every state it accepts can be stored, and everything it says can be read', () => {
    expectUsable(cells, decisionOf, flying.table);
  });
});

describe('what is said, and what is kept', () => {
  test.each([
    ['call.waits', 'ASKING', states.AWAITING, 'flight.held', { travellerId, waitingFor: 'traveller' }],
    ['call.done', 'AWAITING', states.DONE, 'flight.booked', { days: 3, seat: '12A' }],
    ['undo.refused', 'UNDOING', states['UNDOING!'], 'flight.stranded', impasse],
    ['undo.done', 'UNDOING!', states.UNDONE, 'flight.cancelled', { days: 3, credit: 'c-1' }],
    ['undo.done', 'UNDOING-', states['REFUSED~'], 'flight.refused', { travellerId, code: 'FULL' }],
    ['resolve', 'UNDOING!', states.RESOLVED, 'flight.settled', { days: 3, resolution }],
  ])('%s when %s', (row, column, state, type, data) => {
    expect(decisionOf(row, column)).toEqual({ kind: 'accept', state, says: [{ type, data }] });
  });

  // Fails where a person's word takes the place of the reason: whoever waits hears of no failure.
  test('what was revoked is refused, also if a person had to undo it', () => {
    expect(decisionOf('resolve', 'UNDOING!-')).toEqual({
      kind: 'accept',
      state: { ...states.RESOLVED, refusal },
      says: [{ type: 'flight.refused', data: { travellerId, code: 'FULL' } }],
    });
  });

  const undo = { call: 'undo', done: { days: 3, seat: '12A' } };
  test.each([
    ['call.revoked', 'ASKING', { ...undo, again: true }],
    ['look', 'UNDOING!', { ...undo, again: true }],
    ['look', 'UNDONE', { ...undo, done: { ...undo.done, credit: 'c-1' }, again: true, isLook: true }],
    ['look', 'REFUSED~', { ...undo, done: { ...undo.done, credit: 'c-1' }, again: true, isLook: true }],
    ['look', 'DONE', { call: 'observe', done: { days: 3, seat: '12A' } }],
    ['look', 'AWAITING', { call: 'ask', request: { days: 3, booking: 'b-1' }, again: true }],
    [
      'look',
      'ABANDONING',
      { call: 'ask', request: { days: 3, booking: 'b-1' }, again: true, unwanted: true },
    ],
  ])(
    '%s when %s asks with what was done, and with nothing that only the record is for',
    (row, column, effect) => {
      expect(decisionOf(row, column)).toEqual(expect.objectContaining({ effect }));
    },
  );
});

describe('an outside that says the same in other words', () => {
  const given = (column: string, type: string, answer: object, more: Partial<Answer> = {}) =>
    flying.decide(states[column], { type, answer: { ...answer }, ...more });

  // Fails where every member counts: each look writes the record and says its event again, for ever.
  test.each([
    ['AWAITING', 'call.waits', { waitingFor: 'traveller' }, { action: { ...action, at: 'noon' } }],
    ['UNDOING!', 'undo.refused', { more: 1, reason: impasse.reason, waitingFor: 'person' }, {}],
  ])('is repeated when %s', (column, type, answer, more) => {
    expect(given(column, type, answer, more)).toMatchObject({ kind: 'repeat' });
  });

  test('has nothing new to tell of what is undone, or of what was observed', () => {
    const known = { kind: 'ignore', reason: 'it is known already' };
    expect(given('UNDONE', 'undo.done', { more: 1, credit: 'c-1' }, { isLook: true })).toEqual(known);
    expect(given('REFUSED~', 'undo.done', { more: 1, credit: 'c-1' }, { isLook: true })).toEqual(known);
    const first = given('DONE', 'step.observed', { more: 1, changes: 2 });
    expect(first).toEqual({ kind: 'accept', state: { ...states.DONE, observed: { changes: 2 } } });
    if (first.kind === 'accept')
      expect(flying.decide(first.state, { type: 'step.observed', answer: { changes: 2, more: 3 } })).toEqual(
        known,
      );
  });
});

// Fails where an answer is taken as it is: the record cannot be read again, and whatever comes becomes a dead letter.
test.each([
  ['ASKING', 'call.waits', { waitingFor: 'nobody' }, { action }, 'flight.held cannot say: waitingFor'],
  ['ASKING', 'call.waits', { waitingFor: 'traveller' }, { action: {} }, 'its record cannot hold: page'],
  ['DONE', 'step.observed', { changes: 'two' }, {}, 'its record cannot hold: changes'],
  ['UNDOING', 'undo.refused', { waitingFor: 'person' }, {}, 'flight.stranded cannot say: reason'],
  ['ASKING', 'call.revoked', {}, { refusal: {} }, 'flight.refused cannot say: code'],
])('%s: %s with %j and %j counts as not answered', (column, type, answer, more, flaw) => {
  expect(() => flying.decide(states[column], { type, answer, ...more })).toThrow(
    `the outside answered what ${flaw}`,
  );
});
