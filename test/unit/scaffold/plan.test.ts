import { expect, test } from 'vitest';
import * as z from 'zod';
import { defineSaga } from '../../../engine/saga/define-saga.ts';
import { v1 } from '../../../engine/saga/event-definition.ts';
import { SetupError } from '../../../infra/local/processes/setup-error.ts';
import { planOf } from '../../../infra/scaffold/plan.ts';
import { tripDeclaration } from '../../support/declared-sagas.ts';

const { 'flight.refused': refused, ...events } = tripDeclaration.events;
const { 'flight.refused': _, ...says } = tripDeclaration.participants.flight.says;

/** Whoever hears how well it ended does not hear whose trip it was. */
const trip = defineSaga({
  ...tripDeclaration,
  events: {
    ...events,
    'seat.refused': refused,
    'trip.booked': v1(z.object({ seat: z.string() })),
  },
  participants: {
    ...tripDeclaration.participants,
    car: { ...tripDeclaration.participants.car, record: 'rental' },
    flight: { ...tripDeclaration.participants.flight, says: { ...says, 'seat.refused': 'failure' } },
    'k-2': { consumes: ['trip.cancelled'], says: {} },
  },
});
const planned = (service: string, after: string, record?: string) => () =>
  planOf(trip, ['get-weather'], { service, after, record });

test('a step hears what it acts on, and the nearest event that says whose saga it is', () => {
  expect(planned('gift-card', 'hotel.booked')()).toMatchObject({
    code: 'giftCard',
    record: 'gift-card',
    consumes: ['hotel.booked', 'trip.requested'],
    says: [
      { type: 'gift-card.done', kind: 'step' },
      {
        type: 'gift-card.refused',
        kind: 'failure',
        members: { travellerId: 'TravellerId', message: 'Text.meta(personal)' },
      },
      { type: 'gift-card.undone', kind: 'compensation' },
    ],
  });
});

test('who hears an outcome says nothing', () => {
  expect(planned('mail', 'trip.cancelled')()).toMatchObject({ consumes: ['trip.cancelled'], says: [] });
});

test.each([
  [
    'a name that is none',
    planned('Gift', 'hotel.booked'),
    '"Gift" is no name here: use small letters, digits and dashes, such as gift-card.',
  ],
  [
    'a record that is none',
    planned('gift', 'hotel.booked', 'a/b'),
    '"a/b" is no name here: use small letters, digits and dashes, such as gift-card.',
  ],
  [
    'a participant that there is',
    planned('hotel', 'car.booked'),
    'The participant "hotel" is there already. Choose another name.',
  ],
  [
    'one whose resources it would share',
    planned('k2', 'car.booked'),
    'The participant "k-2" is there already. Choose another name.',
  ],
  [
    'a record that there is',
    planned('gift', 'hotel.booked', 'rental'),
    'The record "rental" is car’s already. Choose another with --record.',
  ],
  [
    'an event that there is',
    planned('gift', 'hotel.booked', 'seat'),
    'The event "seat.refused" is there already. Choose another record with --record.',
  ],
  [
    'a function that there is',
    planned('gift', 'hotel.booked', 'weather'),
    'The function "get-weather" is there already. Choose another name or --record.',
  ],
  [
    'what could not be declared',
    planned('mail', 'trip.booked'),
    'It could not be declared: mail hears nothing that says whose saga it is: let it consume an event with travellerId, too.',
  ],
])('%s is refused in one sentence', (_what, plan, why) => {
  expect(plan).toThrow(new SetupError(why));
});
