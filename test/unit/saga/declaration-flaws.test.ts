import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { declarationFlaws } from '../../../engine/saga/declaration-flaws.ts';
import { DeclarationError, defineSaga } from '../../../engine/saga/define-saga.ts';
import { v1 } from '../../../engine/saga/event-definition.ts';
import { CallerId } from '../../../engine/saga/ids.ts';
import type { EventKind } from '../../../engine/saga/kinds.ts';
import { tripDeclaration, tripWithMail } from '../../support/declared-sagas.ts';
import { shopWithShipping } from '../../support/declared-shops.ts';
import { car, check, declared, hike, trip } from '../../support/flawed-declarations.ts';
import { threeServices as shop } from '../../support/three-services.ts';

test('what is sound has no flaw', () => {
  for (const sound of [declared({}), tripDeclaration, tripWithMail, shop, shopWithShipping]) {
    expect(declarationFlaws(sound)).toEqual([]);
  }
  expect(declarationFlaws(declared({ completes: ['hike.done'], parts: { hike } }))).toEqual([]);
});

describe('a participant that can fail when the saga has succeeded', () => {
  test('is refused, also after the last step of the shop, and the sentence says what to do', () => {
    const completes = ['payment.captured'] as const;
    expect(declarationFlaws({ ...shopWithShipping, completes })).toEqual([
      'shipment.refused may come after the saga has succeeded: add shipment.booked to "completes", so that the saga waits for shipping',
      'shipping may act after the saga has succeeded, and shipment.recalled never be said: add shipment.booked to "completes", so that the saga waits for shipping',
    ]);
    expect(() => defineSaga({ ...shopWithShipping, completes })).toThrow(DeclarationError);
  });

  const sight = { consumes: ['car.booked'], says: { 'sight.seen': 'step' } } as const;
  check([
    [
      'beside what is waited for',
      {
        parts: {
          boat: { consumes: ['trip.requested'], says: { 'boat.booked': 'step', 'boat.refused': 'failure' } },
        },
      },
      'boat.refused may come after the saga has succeeded: add boat.booked to "completes", so that the saga waits for boat',
    ],
    [
      'though another one hears of its step, which nobody waits for either',
      {
        parts: {
          boat: { consumes: ['car.booked'], says: { 'boat.booked': 'step', 'boat.refused': 'failure' } },
          pier: { consumes: ['boat.booked'], says: { 'pier.left': 'step' } },
        },
      },
      'boat.refused may come after the saga has succeeded: add boat.booked to "completes", so that the saga waits for boat',
      'nobody hears pier.left: let a participant consume it, or add it to "completes"',
    ],
    [
      'or would have to be undone then',
      {
        parts: {
          boat: { consumes: ['car.booked'], says: { 'boat.booked': 'step', 'boat.left': 'compensation' } },
        },
      },
      'boat may act after the saga has succeeded, and boat.left never be said: add boat.booked to "completes", so that the saga waits for boat',
    ],
    [
      'if it can neither fail nor be undone, is told only that nobody hears it',
      { parts: { sight } },
      'nobody hears sight.seen: let a participant consume it, or add it to "completes"',
    ],
  ]);
});

describe('who begins', () => {
  check([
    [
      'nobody',
      { parts: { trip: undefined } },
      '0 participants begin the saga: exactly one entry has "begins"',
    ],
    ['two', { parts: { tour: trip } }, '2 participants begin the saga: exactly one entry has "begins"'],
  ]);
});

describe('what completes the saga', () => {
  check([
    [
      'nothing',
      {
        completes: [],
        parts: {
          car: { ...car, says: { 'car.booked': 'step' } },
          hike: { consumes: ['car.booked'], says: { 'hike.done': 'step' } },
        },
      },
      '"completes" is empty: name the events that end the saga well',
      'nobody hears hike.done: let a participant consume it, or add it to "completes"',
    ],
    [
      'what nobody says',
      { completes: ['car.booked', 'car.washed'] },
      '"completes" names car.washed, which nobody says',
    ],
    [
      'a failure',
      { completes: ['car.booked', 'car.refused'] },
      '"completes" names car.refused, a failure: only a step completes a saga',
    ],
    [
      'an outcome',
      { completes: ['car.booked', 'trip.booked'] },
      '"completes" names trip.booked, an outcome: only a step completes a saga',
    ],
    [
      'its own beginning',
      { completes: ['car.booked', 'trip.requested'] },
      '"completes" names trip.requested, which begins the saga: name what comes of it',
    ],
  ]);
});

describe('what a participant consumes', () => {
  check([
    [
      'nothing',
      { parts: { hike: { ...hike, consumes: [] } }, completes: ['car.booked', 'hike.done'] },
      'hike consumes nothing: name what it acts on',
      'hike hears nothing that says whose saga it is: let it consume an event with travellerId, too',
    ],
    [
      'an event twice',
      { parts: { car: { ...car, consumes: ['trip.requested', 'trip.requested'] } } },
      'car consumes an event twice',
    ],
    [
      'what nobody says',
      {
        parts: { hike: { ...hike, consumes: ['car.booked', 'sun.risen'] } },
        completes: ['car.booked', 'hike.done'],
      },
      'hike consumes sun.risen, which nobody says',
    ],
    [
      'a failure',
      { parts: { hike: { ...hike, consumes: ['car.refused'] } }, completes: ['car.booked', 'hike.done'] },
      'hike consumes car.refused, a failure: it hears of every failure anyway, and the initiator alone of the rest',
    ],
    [
      'a compensation',
      { parts: { hike: { ...hike, consumes: ['car.cancelled'] } }, completes: ['car.booked', 'hike.done'] },
      'hike consumes car.cancelled, a compensation: it hears of every failure anyway, and the initiator alone of the rest',
    ],
    [
      'what comes of what it does itself',
      {
        parts: {
          car: { ...car, consumes: ['trip.requested', 'fuel.bought'] },
          fuel: { consumes: ['car.booked'], says: { 'fuel.bought': 'step' } },
        },
      },
      'car waits for itself: car.booked leads to it again',
      'fuel waits for itself: fuel.bought leads to it again',
    ],
    [
      'what it says itself',
      { parts: { car: { ...car, consumes: ['trip.requested', 'car.booked'] } } },
      'car waits for itself: car.booked leads to it again',
    ],
  ]);
});

describe('whoever hears of an outcome', () => {
  check([
    ['says nothing: that is sound', { parts: { mail: { consumes: ['trip.booked'], says: {} } } }],
    [
      'says something',
      {
        parts: {
          mail: { consumes: ['trip.booked'], says: { 'mail.sent': 'step', 'mail.refused': 'failure' } },
        },
      },
      'mail acts after the saga has ended and must not say mail.sent: let it consume a step instead',
      'mail acts after the saga has ended and must not say mail.refused: let it consume a step instead',
    ],
    [
      'hears of the other one, too: that is sound',
      { parts: { mail: { consumes: ['trip.booked', 'trip.cancelled'], says: {} } } },
    ],
    [
      'hears of a step, too',
      { parts: { mail: { consumes: ['car.booked', 'trip.booked'], says: {} } } },
      'mail consumes steps and outcomes: make two participants of it',
    ],
  ]);
});

describe('what a participant says', () => {
  check([
    [
      'no step',
      { parts: { hike: { ...hike, says: {} } } },
      'hike says 0 steps: each participant says one, when it has succeeded',
    ],
    [
      'two steps',
      {
        parts: { hike: { ...hike, says: { 'hike.begun': 'step', 'hike.done': 'step' } } },
        completes: ['hike.begun', 'hike.done'],
      },
      'hike says 2 steps: each participant says one, when it has succeeded',
    ],
    [
      'an outcome',
      {
        parts: { hike: { ...hike, says: { 'hike.done': 'step', 'hike.over': 'outcome' } } },
        completes: ['hike.done'],
      },
      'hike says hike.over, an outcome: the initiator alone says how a saga ends',
    ],
    [
      'what another one says',
      {
        parts: { bus: { ...car, says: { 'bus.booked': 'step', 'car.refused': 'failure' } } },
        completes: ['car.booked', 'bus.booked'],
      },
      'car and bus both say car.refused: give each an event of its own',
    ],
    [
      'as both outcomes the same',
      { parts: { trip: { ...trip, fails: 'trip.booked' } } },
      'trip says trip.booked twice: give each of them an event of its own',
    ],
    [
      'what has no schema',
      { events: { 'car.cancelled': undefined } as never },
      'car.cancelled has no schema: add it to "events"',
    ],
  ]);
});

describe('whom a saga waits for', () => {
  const waiting = v1(z.object({ travellerId: CallerId, waitingFor: z.string() }));
  const saying = (more: Readonly<Record<string, EventKind>>) => ({
    car: { ...car, says: { ...car.says, ...more } },
  });
  const { 'car.cancelled': _, ...irrevocable } = car.says;
  check([
    [
      'a wait and an impasse that say whom: that is sound',
      {
        parts: saying({ 'car.held': 'wait', 'car.stuck': 'impasse' }),
        events: { 'car.held': waiting, 'car.stuck': waiting },
      },
    ],
    [
      'a wait where nothing is ever undone: that is sound, too',
      {
        parts: { car: { ...car, says: { ...irrevocable, 'car.held': 'wait' } } },
        events: { 'car.held': waiting },
      },
    ],
    [
      'two waits, or two impasses',
      {
        parts: saying({
          'car.held': 'wait',
          'car.late': 'wait',
          'car.stuck': 'impasse',
          'car.lost': 'impasse',
        }),
        events: { 'car.held': waiting, 'car.late': waiting, 'car.stuck': waiting, 'car.lost': waiting },
      },
      'car says car.late, one wait too many: let the data tell them apart',
      'car says car.lost, one impasse too many: let the data tell them apart',
    ],
    [
      'nobody that is named',
      { parts: saying({ 'car.held': 'wait', 'car.stuck': 'impasse' }) },
      'car.held does not say whom the saga waits for: add waitingFor to its schema',
      'car.stuck does not say whom the saga waits for: add waitingFor to its schema',
    ],
    [
      'an impasse of what is never undone',
      {
        parts: { car: { ...car, says: { ...irrevocable, 'car.stuck': 'impasse' } } },
        events: { 'car.stuck': waiting },
      },
      'car says car.stuck and undoes nothing: declare a compensation, or no impasse',
    ],
    [
      'and another participant consumes it',
      {
        parts: { ...saying({ 'car.held': 'wait' }), hike: { ...hike, consumes: ['car.held'] } },
        events: { 'car.held': waiting },
        completes: ['car.booked', 'hike.done'],
      },
      'hike consumes car.held, a wait: it hears of every failure anyway, and the initiator alone of the rest',
    ],
    [
      'and it completes the saga',
      {
        parts: saying({ 'car.stuck': 'impasse' }),
        events: { 'car.stuck': waiting },
        completes: ['car.booked', 'car.stuck'],
      },
      '"completes" names car.stuck, an impasse: only a step completes a saga',
    ],
    [
      'after the saga has ended',
      {
        parts: { mail: { consumes: ['trip.booked'], says: { 'mail.held': 'wait' } } },
        events: { 'mail.held': waiting },
      },
      'mail acts after the saga has ended and must not say mail.held: let it consume a step instead',
    ],
  ]);
});

test('a declaration that has flaws is refused with all of them, one a line', () => {
  const flawed = declared({ name: 'Trip', completes: ['car.washed', 'car.booked'] });
  expect(() => defineSaga(flawed)).toThrow(
    [
      'the saga Trip cannot keep its promises:',
      '"Trip" cannot name a saga: use small letters, digits and dashes',
      '"completes" names car.washed, which nobody says',
    ].join('\n  '),
  );
});
