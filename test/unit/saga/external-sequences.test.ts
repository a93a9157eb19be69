import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Decision } from '../../../engine/saga/decision.ts';
import type { AnyFact } from '../../../engine/saga/declaration.ts';
import type { Answer, Call, ExternalCommand, ExternalState } from '../../../engine/saga/external-state.ts';
import { CallerId } from '../../../engine/saga/ids.ts';
import { flying, tripWithPassport as trip } from '../../support/declared-flight.ts';

/**
 * Goal: no sequence of inputs makes a step ask twice, forget what it keeps, or tell what only the owner may know. Method:
 * any inputs in any order, also those that no outside would give.
 */
type Input = AnyFact | Answer | ExternalCommand;

const travellerId = CallerId.parse('traveller-1');
const DAYS = 3;
const SECRET = 'only-for-the-traveller';
const heard = { 'trip.requested': { version: 1, data: { travellerId, days: DAYS } } };

const name = fc.stringMatching(/^[a-z]{1,3}$/);
const isLook = fc.option(fc.constant(true as const), { nil: undefined });
const answered = <T extends object>(
  type: string,
  answer: fc.Arbitrary<T>,
  more: fc.Arbitrary<Partial<Answer>> = fc.constant({}),
) =>
  fc.record({ answer, isLook, more }).map(({ answer, isLook, more }) => ({
    type,
    answer: { ...answer },
    ...(isLook === undefined ? {} : { isLook }),
    ...more,
  }));
const facts = ['trip.requested', 'hotel.refused', 'car.refused', 'trip.cancelling', 'flight.refused'];
const impasse = fc.record({ waitingFor: fc.constant('person'), reason: name });

const anyInput: fc.Arbitrary<Input> = fc.oneof(
  fc.constantFrom(...facts).map((type) => ({ type, data: { travellerId, days: DAYS } })),
  answered('call.prepared', fc.record({ booking: name }), fc.constant({ heard })),
  answered('call.refused', fc.record({ code: name }), fc.constant({ heard })),
  answered('call.pending', fc.record({ reason: name })),
  answered('call.done', fc.record({ seat: name })),
  answered('call.refused', fc.record({ code: name })),
  answered(
    'call.waits',
    fc.constant({ waitingFor: 'traveller' }),
    name.map((page) => ({ action: { page: `${SECRET}/${page}` } })),
  ),
  answered(
    'call.revoked',
    fc.record({ seat: name }),
    name.map((code) => ({ refusal: { code } })),
  ),
  answered('undo.done', fc.record({ credit: name })),
  answered('undo.refused', impasse),
  answered('step.observed', fc.record({ changes: fc.nat() })),
  fc.constantFrom('call' as const, 'aftermath' as const).map((at) => ({ type: 'look', at }) as const),
  name.map((proof) => ({ type: 'resolve', resolution: { by: travellerId, reason: 'paid', proof } }) as const),
);

interface Step {
  readonly input: Input;
  readonly before: ExternalState | undefined;
  readonly decision: Decision<ExternalState, Call>;
  readonly after: ExternalState | undefined;
}

function stepsOf(inputs: readonly Input[]): readonly Step[] {
  const steps: Step[] = [];
  for (const input of inputs) {
    const before = steps.at(-1)?.after;
    const decision = flying.decide(before, input);
    steps.push({ input, before, decision, after: decision.kind === 'accept' ? decision.state : before });
  }
  return steps;
}

/** Where a sequence may begin, as chance alone seldom comes far. */
const asked = [{ type: 'call.prepared', answer: { booking: 'b' }, heard }] as const;
const done = [...asked, { type: 'call.done', answer: { seat: 's' } }] as const;
const undoing = [...done, { type: 'trip.cancelling', data: { travellerId, cause: 'x' } }] as const;
const beginnings: readonly (readonly Input[])[] = [
  ...[[], asked, done, undoing],
  [...asked, { type: 'call.waits', answer: { waitingFor: 'traveller' }, action: { page: SECRET } }],
  [...asked, { type: 'call.revoked', answer: { seat: 's' }, refusal: { code: 'c' } }],
  [...undoing, { type: 'undo.refused', answer: { waitingFor: 'person', reason: 'r' } }],
  [...undoing, { type: 'undo.done', answer: { credit: 'c' } }],
];
const anySequence = fc
  .tuple(fc.constantFrom(...beginnings), fc.array(anyInput, { minLength: 1, maxLength: 20 }))
  .map(([beginning, inputs]) => [...beginning, ...inputs]);

const always = (holds: (steps: readonly Step[]) => void) =>
  fc.assert(
    fc.property(anySequence, (inputs) => holds(stepsOf(inputs))),
    { numRuns: 1_000 },
  );
const callsIn = (steps: readonly Step[]) =>
  steps.flatMap(({ decision }) => ('effect' in decision && decision.effect ? [decision.effect] : []));
const saidIn = (steps: readonly Step[]) =>
  steps.flatMap(({ decision }) => (decision.kind === 'accept' ? (decision.says ?? []) : []));
const statesIn = (steps: readonly Step[]) =>
  steps.flatMap(({ after }) => (after === undefined ? [] : [after]));

describe('whatever comes, and in whatever order', () => {
  test('the outside is asked, and asked to undo, as if for the first time once at most', () => {
    always((steps) => {
      for (const kind of ['ask', 'undo'] as const) {
        const first = callsIn(steps).filter((call) => call.call === kind && !call.again);
        expect(first.length).toBeLessThanOrEqual(1);
      }
    });
  });

  test('the outside is asked only after what it is asked for was written', () => {
    always((steps) => {
      for (const { decision, after } of steps) {
        if (!('effect' in decision) || decision.effect === undefined) continue;
        const wanted = {
          prepare: [undefined],
          ask: ['ASKING', 'AWAITING', 'ABANDONING'],
          undo: ['UNDOING', 'UNDONE', 'REFUSED'],
          observe: ['DONE'],
          recall: [],
        }[decision.effect.call] as readonly (string | undefined)[];
        expect(wanted).toContain(after?.status);
      }
    });
  });

  test('what is accepted can be stored and read again as it was', () => {
    always((steps) => {
      for (const state of statesIn(steps)) expect(flying.table.schema.parse(state)).toEqual(state);
    });
  });

  test('what is said can be read', () => {
    always((steps) => {
      for (const { type, data } of saidIn(steps))
        expect(trip.readFact(type, 1, data)).toEqual({ kind: 'read', fact: { type, data } });
    });
  });

  test('what the traveller has to do is in no event, and in the record only while somebody waits for it', () => {
    always((steps) => {
      expect(JSON.stringify(saidIn(steps))).not.toContain(SECRET);
      for (const state of statesIn(steps))
        expect(JSON.stringify(state).includes(SECRET), state.status).toBe(state.status === 'AWAITING');
    });
  });

  test('the record says whose it is, and keeps what was asked for from then on', () => {
    always((steps) => {
      for (const { before, after } of steps) {
        if (after === undefined) continue;
        expect(after.travellerId).toBe(travellerId);
        if (after.status !== 'VOID') expect(after.days).toBe(DAYS);
        if (before?.seat !== undefined && after.status !== 'REFUSED') expect(after.seat).toBeDefined();
      }
    });
  });

  // Fails where the machine goes back: what has ended is asked for again, and paid twice.
  test('nothing that has ended begins again: it is only undone again, by somebody who looks', () => {
    always((steps) => {
      for (const { before, after, input } of steps) {
        if (before === undefined || before.status === after?.status) continue;
        const from = before.status;
        if (from === 'VOID' || from === 'RESOLVED') throw new Error(`${from} became ${after?.status}`);
        if (from !== 'UNDONE' && from !== 'REFUSED') continue;
        expect([after?.status, input]).toEqual(['UNDOING', expect.objectContaining({ isLook: true })]);
      }
    });
  });

  test('a person settles only what waits for one, and then an impasse was said', () => {
    always((steps) => {
      for (const { before, after, input } of steps) {
        if (after?.status !== 'RESOLVED' || before?.status === 'RESOLVED') continue;
        expect(before).toHaveProperty('impasse');
        expect(input.type).toBe('resolve');
        expect(saidIn(steps).map(({ type }) => type)).toContain('flight.stranded');
      }
    });
  });

  test('what is said to end a wait, a failure or the saga is said by the state that it is true in', () => {
    const trueIn: Readonly<Record<string, readonly string[]>> = {
      'flight.held': ['AWAITING'],
      'flight.booked': ['DONE'],
      'flight.refused': ['REFUSED', 'RESOLVED'],
      'flight.cancelled': ['VOID', 'UNDONE'],
      'flight.stranded': ['UNDOING'],
      'flight.settled': ['RESOLVED'],
    };
    always((steps) => {
      for (const { decision } of steps) {
        if (decision.kind !== 'accept') continue;
        for (const { type } of decision.says ?? []) expect(trueIn[type]).toContain(decision.state.status);
      }
    });
  });

  // Fails where a word is new only because it came again: each look writes, and says the same once more.
  test('what came just before changes nothing when it comes again', () => {
    always((steps) => {
      for (const { input, after, decision } of steps) {
        if (decision.kind !== 'accept' || decision.effect !== undefined) continue;
        const again = flying.decide(after, input);
        if (again.kind === 'accept') expect(again.state).toEqual(after);
        else expect(['repeat', 'ignore', 'resume']).toContain(again.kind);
      }
    });
  });
});

test('the sequences come to every state', () => {
  const seen = new Set<string | undefined>();
  always((steps) => {
    for (const { after } of steps) seen.add(after?.status);
  });
  const names = [
    'ASKING',
    'AWAITING',
    'ABANDONING',
    'DONE',
    'UNDOING',
    'UNDONE',
    'REFUSED',
    'RESOLVED',
    'VOID',
  ];
  expect([...seen].filter((status) => status !== undefined).toSorted()).toEqual(names.toSorted());
});
