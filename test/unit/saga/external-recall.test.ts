import { expect, test } from 'vitest';
import type { AnyFact } from '../../../engine/saga/declaration.ts';
import type { Answer, ExternalState } from '../../../engine/saga/external-state.ts';
import { CallerId } from '../../../engine/saga/ids.ts';
import { flying, tripWithPassport as trip } from '../../support/declared-flight.ts';

/** Goal: what the outside holds changes only what a step was about to do without it; whatever else is decided as ever. */
const travellerId = CallerId.parse('traveller-1');
const asked = { travellerId, days: 3 };
const held = { booking: 'b-1', seat: '12A' };

const states: readonly (ExternalState | undefined)[] = [
  undefined,
  { ...asked, booking: 'b-1', status: 'ASKING' },
  { ...asked, booking: 'b-1', status: 'ABANDONING' },
  { ...asked, seat: '12A', status: 'DONE' },
  { ...asked, seat: '12A', status: 'UNDOING' },
  { ...asked, seat: '12A', status: 'UNDONE', credit: 'c-1' },
  { travellerId, status: 'VOID' },
];
const facts: readonly AnyFact[] = trip.eventTypes.map((type) => ({ type, data: { travellerId, days: 3 } }));
const recalled = (fact: AnyFact, answer: object): Answer => ({
  type: 'step.recalled',
  answer: { ...answer },
  fact,
});

const cases = states.flatMap((state) =>
  facts.map((fact) => ({ status: state?.status ?? 'nothing', type: fact.type, state, fact })),
);

const asEver = (state: ExternalState | undefined, fact: AnyFact) => {
  const usual = flying.decide(state, fact);
  return usual.kind === 'accept' ? { ...usual, because: fact.type } : usual;
};

test.each(cases)('$status, $type: where nothing is held, it is decided as ever', ({ state, fact }) => {
  expect(flying.decideRecalling(state, recalled(fact, {}))).toEqual(asEver(state, fact));
});

test.each(cases.filter(({ state }) => state !== undefined))(
  '$status, $type: where the record has come to be meanwhile, it is decided as ever',
  ({ state, fact }) => {
    expect(flying.decideRecalling(state, recalled(fact, held))).toEqual(asEver(state, fact));
  },
);

test.each([
  ['trip.requested', 'ASKING'],
  ['trip.cancelling', 'UNDOING'],
])('what is held after %s, of which no record tells, is %s', (type, status) => {
  const fact = facts.find((each) => each.type === type) as AnyFact;
  expect(flying.decideRecalling(undefined, recalled(fact, held))).toMatchObject({
    kind: 'accept',
    state: { ...held, status },
  });
});
