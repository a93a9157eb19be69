import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { type Declaration, type Participants, saidBy } from '../../../engine/saga/declaration.ts';
import { declarationFlaws } from '../../../engine/saga/declaration-flaws.ts';
import { DeclarationError, defineSaga } from '../../../engine/saga/define-saga.ts';
import { v1 } from '../../../engine/saga/event-definition.ts';
import { CallerId } from '../../../engine/saga/ids.ts';
import { shop } from '../../../functions/shop.ts';
import { shopWithShipping, tripDeclaration, tripWithMail } from '../../support/declared-sagas.ts';

const owned = v1(z.object({ travellerId: CallerId }));
const nobodys = v1(z.object({}));

/** A schema with an owner for everything that is said. */
const eventsSaidBy = (participants: Participants) =>
  Object.fromEntries(
    Object.values(participants).flatMap((part) => Object.keys(saidBy(part)).map((type) => [type, owned])),
  );

const trip = {
  begins: 'trip.requested',
  cancels: 'trip.cancelling',
  succeeds: 'trip.booked',
  fails: 'trip.cancelled',
};
const car = {
  consumes: ['trip.requested'],
  says: { 'car.booked': 'step', 'car.refused': 'failure', 'car.cancelled': 'compensation' },
} as const;

type Changes = Partial<Omit<Declaration, 'participants'>> & {
  /** Beside the two that there are, or in their place; undefined takes one away. */
  readonly parts?: Readonly<Record<string, Participants[string] | undefined>>;
};

/** A sound declaration with something changed. */
function declared({ parts, ...changes }: Changes): Declaration {
  const participants = Object.fromEntries(
    Object.entries({ trip, car, ...parts }).flatMap(([service, part]) =>
      part === undefined ? [] : [[service, part]],
    ),
  );
  return {
    name: 'trip-saga',
    id: { prefix: 'trip', name: 'tripId' },
    owner: 'travellerId',
    completes: ['car.booked'],
    participants,
    ...changes,
    events: { ...eventsSaidBy(participants), ...changes.events },
  };
}

type Case = readonly [what: string, changes: Changes, ...flaws: readonly string[]];

const check = (cases: readonly Case[]) => {
  for (const [what, changes, ...flaws] of cases) {
    test(what, () => expect(declarationFlaws(declared(changes))).toEqual(flaws));
  }
};

const hike = { consumes: ['car.booked'], says: { 'hike.done': 'step' } } as const;

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
      'hike consumes car.refused, a failure: it hears of every failure anyway, and of no compensation',
    ],
    [
      'a compensation',
      { parts: { hike: { ...hike, consumes: ['car.cancelled'] } }, completes: ['car.booked', 'hike.done'] },
      'hike consumes car.cancelled, a compensation: it hears of every failure anyway, and of no compensation',
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
      'hears of the other one, too',
      { parts: { mail: { consumes: ['trip.booked', 'trip.cancelled'], says: {} } } },
      'mail consumes two outcomes, and a saga has one: make two participants of it',
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

describe('events', () => {
  check([
    [
      'that nobody says',
      { events: { 'sun.risen': owned } },
      'nobody says sun.risen: name its publisher, or take it out of "events"',
    ],
    [
      'that begin a saga and do not say whose',
      { events: { 'trip.requested': nobodys } },
      'trip.requested does not say whose saga it is: add travellerId to its schema',
      'car hears nothing that says whose saga it is: let it consume an event with travellerId, too',
    ],
    [
      'that fail it and do not say whose',
      { events: { 'car.refused': nobodys, 'trip.cancelling': nobodys } },
      'trip.cancelling does not say whose saga it is: add travellerId to its schema',
      'car.refused does not say whose saga it is: add travellerId to its schema',
    ],
    [
      'that say it in nothing that has members',
      { events: { 'car.refused': v1(z.string()) } },
      'car.refused does not say whose saga it is: add travellerId to its schema',
    ],
    [
      'that are all a participant hears, and none says whose',
      { parts: { hike }, completes: ['hike.done'], events: { 'car.booked': nobodys } },
      'hike hears nothing that says whose saga it is: let it consume an event with travellerId, too',
    ],
    [
      'one of which says whose is enough',
      {
        parts: { hike: { ...hike, consumes: ['car.booked', 'trip.requested'] } },
        completes: ['hike.done'],
        events: { 'car.booked': nobodys },
      },
    ],
  ]);
});

describe('names', () => {
  const named = (service: string): Changes => ({ parts: { car: undefined, [service]: car } });
  check([
    ['of a saga', { name: 'Trip Saga' }, '"Trip Saga" names no saga: use small letters, digits and dashes'],
    [
      'of ids',
      { id: { prefix: 'trip.', name: 'tripId' } },
      '"trip." begins no id: use small letters and digits',
    ],
    [
      'of the id',
      { id: { prefix: 'trip', name: 'state' } },
      '"state" names no id: use a member such as "tripId"',
    ],
    [
      'of the owner',
      { owner: 'travellerId2' },
      '"travellerId2" names no owner: use a member such as "travellerId"',
      'trip.requested does not say whose saga it is: add travellerId2 to its schema',
      'trip.cancelling does not say whose saga it is: add travellerId2 to its schema',
      'car.refused does not say whose saga it is: add travellerId2 to its schema',
      'car hears nothing that says whose saga it is: let it consume an event with travellerId2, too',
    ],
    ...['Car', 'car_hire', 'car.hire', '-car', 'car-', '2cars', ''].map(
      (name) =>
        [
          `of a service: "${name}"`,
          named(name),
          `"${name}" names no queue: use small letters, digits and dashes`,
        ] as const,
    ),
    ...['booked', 'car.Booked', 'car.', '.booked', 'car..booked', 'car booked'].map(
      (type) =>
        [
          `of an event: "${type}"`,
          { parts: { car: { ...car, says: { [type]: 'step' } } }, completes: [type] },
          `"${type}" names no event: use small letters and a dot, as in "car.booked"`,
        ] as const,
    ),
    [
      'of a record',
      { parts: { car: { ...car, record: 'a/b' } } },
      '"a/b" names no record: use small letters, digits and dashes',
    ],
    [
      'of two records',
      { parts: { car: { ...car, record: 'booking' }, trip: { ...trip, record: 'booking' } } },
      'two participants have a record "booking": rename one of them',
    ],
  ]);
});

test('a declaration that has flaws is refused with all of them, one a line', () => {
  const flawed = declared({ name: 'Trip', completes: ['car.washed', 'car.booked'] });
  expect(() => defineSaga(flawed)).toThrow(
    [
      'the saga Trip cannot keep its promises:',
      '"Trip" names no saga: use small letters, digits and dashes',
      '"completes" names car.washed, which nobody says',
    ].join('\n  '),
  );
});

// Only the compiler finds these before anything runs; should one get past it, it is refused all the same.
describe('an event that is not declared does not compile', () => {
  const { participants } = tripDeclaration;
  const says = { 'hotel.refused': 'failure', 'hotel.cancelled': 'compensation' } as const;

  test('in what completes the saga', () => {
    // @ts-expect-error: there is no train.
    expect(() => defineSaga({ ...tripDeclaration, completes: ['train.booked'] })).toThrow(DeclarationError);
  });

  test('in what is consumed', () => {
    const hotel = { ...participants.hotel, consumes: ['train.booked'] } as const;
    // @ts-expect-error: there is no train.
    expect(() => defineSaga({ ...tripDeclaration, participants: { ...participants, hotel } })).toThrow(
      DeclarationError,
    );
  });

  test('in what is said', () => {
    const hotel = { ...participants.hotel, says: { ...says, 'hotel.boked': 'step' } } as const;
    // @ts-expect-error: it is booked.
    expect(() => defineSaga({ ...tripDeclaration, participants: { ...participants, hotel } })).toThrow(
      DeclarationError,
    );
  });

  test('in how it begins or ends', () => {
    const trip = { ...participants.trip, begins: 'trip.begun' } as const;
    // @ts-expect-error: it is requested.
    expect(() => defineSaga({ ...tripDeclaration, participants: { ...participants, trip } })).toThrow(
      DeclarationError,
    );
  });
});
