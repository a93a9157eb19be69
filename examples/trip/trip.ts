import * as z from 'zod';
import { authorizing } from '../../engine/http/authorizer.ts';
import { initiating } from '../../engine/initiator/initiating.ts';
import { liveFunctions, liveInitiator } from '../../engine/live-functions.ts';
import { CallerId } from '../../engine/saga/ids.ts';
import { initiator, type Reason } from '../../engine/saga/initiator.ts';
import { initiatorTable } from '../../engine/saga/initiator-table.ts';
import { Name, saga, Wanted } from './saga.ts';

const Placed = Wanted.extend({ travellerId: CallerId, fingerprint: z.string(), createdAtMs: z.number() });
type Placed = Readonly<z.infer<typeof Placed>>;
const trips = initiatorTable(saga, Placed, z.object({ reference: Name }));

const end = ({ travellerId }: Pick<Placed, 'travellerId'>, { code }: Reason) => ({ travellerId, code });
const decide = initiator(saga, {
  begin: ({ fingerprint: _, createdAtMs: __, ...wanted }: Placed) => wanted,
  succeed: ({ travellerId }, { 'car.booked': keeps }) => ({ keeps, outcome: { travellerId, ...keeps } }),
  cancel: end,
  fail: end,
});

export const trip = initiating(saga, decide, trips, ({ flight, hotel, car, people, ...state }) => ({
  ...{ flight, hotel, car, people },
  ...(state.status === 'CONFIRMED' ? { reference: state.reference } : {}),
}));
export const { participate, deadLetters, countDeadLetters, getAudit } = liveFunctions(trip);
export const { place, get, list, cancel, nudge, nudgeNow } = liveInitiator(trip, Wanted);
export const authorize = authorizing(saga);
