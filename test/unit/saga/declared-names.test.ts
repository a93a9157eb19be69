import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { DeclarationError, defineSaga } from '../../../engine/saga/define-saga.ts';
import { v1 } from '../../../engine/saga/event-definition.ts';
import { tripDeclaration } from '../../support/declared-sagas.ts';
import {
  type Changes,
  car,
  check,
  hike,
  owned,
  ownedByNobody,
  trip,
} from '../../support/flawed-declarations.ts';

describe('events', () => {
  check([
    [
      'that nobody says',
      { events: { 'sun.risen': owned } },
      'nobody says sun.risen: name its publisher, or take it out of "events"',
    ],
    [
      'that begin a saga and do not say whose',
      { events: { 'trip.requested': ownedByNobody } },
      'trip.requested does not say whose saga it is: add travellerId to its schema',
      'car hears nothing that says whose saga it is: let it consume an event with travellerId, too',
    ],
    [
      'that fail it and do not say whose',
      { events: { 'car.refused': ownedByNobody, 'trip.cancelling': ownedByNobody } },
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
      { parts: { hike }, completes: ['hike.done'], events: { 'car.booked': ownedByNobody } },
      'hike hears nothing that says whose saga it is: let it consume an event with travellerId, too',
    ],
    [
      'one of which says whose is enough',
      {
        parts: { hike: { ...hike, consumes: ['car.booked', 'trip.requested'] } },
        completes: ['hike.done'],
        events: { 'car.booked': ownedByNobody },
      },
    ],
  ]);
});

describe('names', () => {
  const named = (service: string): Changes => ({ parts: { car: undefined, [service]: car } });
  check([
    [
      'of a saga',
      { name: 'Trip Saga' },
      '"Trip Saga" cannot name a saga: use small letters, digits and dashes',
    ],
    [
      'of ids',
      { id: { prefix: 'trip.', name: 'tripId' } },
      '"trip." cannot begin an id: use small letters and digits',
    ],
    [
      'of the id',
      { id: { prefix: 'trip', name: 'state' } },
      '"state" cannot name an id: use a member such as "tripId"',
    ],
    [
      'of the owner',
      { owner: 'travellerId2' },
      '"travellerId2" cannot name an owner: use a member such as "travellerId"',
      'trip.requested does not say whose saga it is: add travellerId2 to its schema',
      'trip.cancelling does not say whose saga it is: add travellerId2 to its schema',
      'car.refused does not say whose saga it is: add travellerId2 to its schema',
      'car hears nothing that says whose saga it is: let it consume an event with travellerId2, too',
    ],
    [
      'of a role that there is already, and of one that is no name',
      { roles: ['stock', 'support', 'stock', 'Big boss'] },
      '"Big boss" cannot name a role: use small letters, digits and dashes',
      'there is a role "support" already: give this one another name',
      'there is a role "stock" already: give this one another name',
    ],
    [
      'of an owner who would be an operator',
      { owner: 'operatorId' },
      'an owner cannot be of the staff: call the member something else than operatorId',
      'trip.requested does not say whose saga it is: add operatorId to its schema',
      'trip.cancelling does not say whose saga it is: add operatorId to its schema',
      'car.refused does not say whose saga it is: add operatorId to its schema',
      'car hears nothing that says whose saga it is: let it consume an event with operatorId, too',
    ],
    ...['administrator', 'local', 'guest'].map(
      (name) =>
        [
          `of a service that is a user of the broker: "${name}"`,
          named(name),
          `the broker has a user "${name}" of its own: give the service another name`,
        ] as const,
    ),
    ...['Car', 'car_hire', 'car.hire', '-car', 'car-', '2cars', ''].map(
      (name) =>
        [
          `of a service: "${name}"`,
          named(name),
          `"${name}" cannot name a service: use small letters, digits and dashes`,
        ] as const,
    ),
    ...['booked', 'car.Booked', 'car.', '.booked', 'car..booked', 'car booked'].map(
      (type) =>
        [
          `of an event: "${type}"`,
          { parts: { car: { ...car, says: { [type]: 'step' } } }, completes: [type] },
          `"${type}" cannot name an event: use small letters and a dot, as in "car.booked"`,
        ] as const,
    ),
    [
      'of a record',
      { parts: { car: { ...car, record: 'a/b' } } },
      '"a/b" cannot name a record: use small letters, digits and dashes',
    ],
    [
      'of two records',
      { parts: { car: { ...car, record: 'booking' }, trip: { ...trip, record: 'booking' } } },
      'two participants have a record "booking": rename one of them',
    ],
  ]);
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
