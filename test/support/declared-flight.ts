import * as z from 'zod';
import type { Declaration } from '../../engine/saga/declaration.ts';
import { defineSaga } from '../../engine/saga/define-saga.ts';
import { v1 } from '../../engine/saga/event-definition.ts';
import { Resolution } from '../../engine/saga/external-state.ts';
import { externalStep } from '../../engine/saga/external-step.ts';
import { CallerId } from '../../engine/saga/ids.ts';
import { tripDeclaration } from './declared-sagas.ts';

const { events, participants } = tripDeclaration;

/** The trip, whose airline may wait for the traveller's passport, and may refuse to take a ticket back. */
export const passportDeclaration = {
  ...tripDeclaration,
  events: {
    ...events,
    'flight.held': v1(z.object({ travellerId: CallerId, waitingFor: z.literal('traveller') })),
    'flight.stranded': v1(z.object({ waitingFor: z.literal('person'), reason: z.string() })),
    'flight.settled': v1(z.object({ days: z.int(), resolution: Resolution })),
    'flight.cancelled': v1(z.object({ days: z.int().optional(), credit: z.string().optional() })),
  },
  participants: {
    ...participants,
    flight: {
      ...participants.flight,
      says: {
        ...participants.flight.says,
        'flight.held': 'wait',
        'flight.stranded': 'impasse',
        'flight.settled': 'compensation',
      },
    },
  },
} as const satisfies Declaration;

export const tripWithPassport = defineSaga(passportDeclaration);

/** All that a step which asks the outside can have, by the machine's own names. */
export const flying = externalStep(tripWithPassport, 'flight', {
  asks: z.object({ days: z.int() }),
  prepares: z.object({ booking: z.string() }),
  keeps: ['days'],
  resolved: 'flight.settled',
  action: z.object({ page: z.string() }),
  observes: z.object({ changes: z.int() }),
});
