import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { defineSaga } from '../../../engine/saga/define-saga.ts';
import { v1 } from '../../../engine/saga/event-definition.ts';
import { externalStep } from '../../../engine/saga/external-step.ts';
import { flying, passportDeclaration } from '../../support/declared-flight.ts';

/** Goal: a step whose impasse could never end is refused where it is declared. */
const asks = z.object({ days: z.int() });
const { events, participants } = passportDeclaration;
type Events = Partial<Record<keyof typeof events, unknown>>;

/** The trip with other schemas, and without some of what the flight says. */
function changed(schemas: Events, ...without: readonly string[]) {
  const says = Object.fromEntries(
    Object.entries(participants.flight.says).filter(([type]) => !without.includes(type)),
  );
  const kept = Object.fromEntries(Object.entries(events).filter(([type]) => !without.includes(type)));
  return defineSaga({
    ...passportDeclaration,
    events: { ...kept, ...schemas },
    participants: { ...participants, flight: { ...participants.flight, says } },
  } as unknown as typeof passportDeclaration);
}

describe('an impasse', () => {
  const neither =
    'flight needs an impasse and a compensation named as "resolved", or neither: a person ends what the outside does not undo';

  test('that no person can end is refused', () => {
    const saga = changed({}, 'flight.settled');
    expect(() => externalStep(saga, 'flight', { asks, keeps: ['days'] })).toThrow(neither);
  });

  test('is needed where a person ends one', () => {
    const saga = changed({}, 'flight.stranded');
    expect(() => externalStep(saga, 'flight', { asks, keeps: ['days'], resolved: 'flight.settled' })).toThrow(
      neither,
    );
  });

  test('that ends without a word of how is refused', () => {
    const saga = changed({ 'flight.settled': v1(z.object({ days: z.int() })) });
    expect(() => externalStep(saga, 'flight', { asks, keeps: ['days'], resolved: 'flight.settled' })).toThrow(
      'flight.settled does not say how it was resolved: add resolution to its schema',
    );
  });

  test('and its end make a sound step, which names the end', () => {
    expect(flying.resolved).toBe('flight.settled');
    expect(flying.voided).toBe('flight.cancelled');
  });
});

// Fails where a member of an event takes the place of one of the machine's own: the step is never seen as stuck.
test.each(['refusal', 'revoked', 'action', 'impasse', 'observed'])(
  'an event with a member %s, which the record has already, is refused',
  (member) => {
    const saga = changed({ 'flight.booked': v1(z.object({ days: z.int(), [member]: z.string() })) });
    expect(() => externalStep(saga, 'flight', { asks, keeps: ['days'], resolved: 'flight.settled' })).toThrow(
      `flight cannot have a member ${member}, which its record has already: give it another name`,
    );
  },
);
