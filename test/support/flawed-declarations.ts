import { expect, test } from 'vitest';
import * as z from 'zod';
import { type Declaration, type Participants, saidBy } from '../../engine/saga/declaration.ts';
import { declarationFlaws } from '../../engine/saga/declaration-flaws.ts';
import { v1 } from '../../engine/saga/event-definition.ts';
import { CallerId } from '../../engine/saga/ids.ts';

export const owned = v1(z.object({ travellerId: CallerId }));
export const ownedByNobody = v1(z.object({}));

/** A schema with an owner for every event. */
const eventsSaidBy = (participants: Participants) =>
  Object.fromEntries(
    Object.values(participants).flatMap((part) => Object.keys(saidBy(part)).map((type) => [type, owned])),
  );

export const trip = {
  begins: 'trip.requested',
  cancels: 'trip.cancelling',
  succeeds: 'trip.booked',
  fails: 'trip.cancelled',
};
export const car = {
  consumes: ['trip.requested'],
  says: { 'car.booked': 'step', 'car.refused': 'failure', 'car.cancelled': 'compensation' },
} as const;

export type Changes = Partial<Omit<Declaration, 'participants'>> & {
  /** Added to the two participants, or replacing them; undefined removes one. */
  readonly parts?: Readonly<Record<string, Participants[string] | undefined>>;
};

/** A sound declaration with something changed. */
export function declared({ parts, ...changes }: Changes): Declaration {
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

/** Each case is a test: its name, the changes, and the expected flaws. */
export const check = (cases: readonly Case[]) => {
  for (const [what, changes, ...flaws] of cases) {
    test(what, () => expect(declarationFlaws(declared(changes))).toEqual(flaws));
  }
};

/** A participant that acts after the car is booked. */
export const hike = { consumes: ['car.booked'], says: { 'hike.done': 'step' } } as const;
