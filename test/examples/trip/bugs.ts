import type { compensatorsOf } from '../../../engine/saga/causality.ts';
import type { Call, ExternalState } from '../../../engine/saga/external-state.ts';
import type { places } from '../../../examples/trip/places.ts';
import { type Bug, bugsIn } from '../../simulation/planted/planter/bug.ts';

type Decide = ReturnType<typeof places>['decide'];
type Booking = NonNullable<Parameters<Decide>[0]>;
type Changes = Booking['changes'];
type CompensatorsOf = typeof compensatorsOf;
type AskCall = (state: ExternalState, again: boolean) => Call;

/** What the trip's own decisions could have wrong. */
const ownBugs = [
  ...bugsIn('examples/trip/places.ts', [
    {
      name: 'a failure releases nothing',
      in: 'places.decide.changes',
      plant: () => [],
    },
    {
      name: 'twice as much is given back as was taken',
      in: 'places.decide.changes',
      plant: (changes: Changes) => changes.map((each) => ({ ...each, delta: 2 * each.delta })),
    },
    {
      name: 'one place is held for all of the people',
      in: 'places.decide.change',
      plant: (change: Changes[number]) => ({ ...change, delta: -1 }),
    },
    {
      name: 'the tombstone of a release ignored',
      in: 'places.decide',
      plant:
        (original: Decide): Decide =>
        (booking, fact, items, nowMs) =>
          original(booking?.status === 'RELEASED' ? undefined : booking, fact, items, nowMs),
    },
    {
      name: 'a repeated trip booked again',
      in: 'places.decide',
      plant:
        (original: Decide): Decide =>
        (booking, fact, items, nowMs) =>
          original(fact.type === 'trip.placed' ? undefined : booking, fact, items, nowMs),
    },
    {
      name: 'no tombstone where there is nothing to release',
      in: 'places.decide',
      plant:
        (original: Decide): Decide =>
        (booking, fact, items, nowMs) =>
          booking === undefined && fact.type !== 'trip.placed'
            ? { kind: 'ignore', reason: 'nothing is booked' }
            : original(booking, fact, items, nowMs),
    },
    {
      name: 'two refusals answer each other for ever',
      in: 'places.decide',
      plant:
        (original: Decide): Decide =>
        (booking, fact, items, nowMs) =>
          booking?.status === 'REFUSED' ? { kind: 'repeat' } : original(booking, fact, items, nowMs),
    },
    {
      name: 'whoever has refused does not answer a cancelled trip',
      in: 'places.decide',
      plant:
        (original: Decide): Decide =>
        (booking, fact, items, nowMs) =>
          booking?.status === 'REFUSED' && fact.type !== 'trip.placed'
            ? { kind: 'ignore', reason: 'it is refused' }
            : original(booking, fact, items, nowMs),
    },
    {
      name: 'refused although there are places',
      in: 'places.decide',
      plant:
        (original: Decide): Decide =>
        (booking, fact, items, nowMs) =>
          original(
            booking,
            fact,
            (key) => {
              const item = items(key);
              return item && { ...item, left: Number(item.left) - 1 };
            },
            nowMs,
          ),
    },
    {
      name: 'whoever asks may say how many places are left',
      in: 'checks',
      at: { argument: 1, of: 'role' },
      plant: () => 'traveller',
    },
  ]),
  ...bugsIn('examples/trip/trip.ts', [
    {
      name: 'the traveller is told of another car',
      in: 'decide.succeed',
      plant: () => () => ({
        keeps: { reference: 'A-1' },
        outcome: { travellerId: 'traveller-1', reference: 'A-1' },
      }),
    },
  ]),
];

/** What only participants who act side by side, and an outside that does not answer, show of the engine. */
const engineBugs = [
  ...bugsIn('engine/saga/causality.ts', [
    {
      name: 'whoever acts beside the one that failed undoes nothing',
      in: 'compensatorsOf',
      plant:
        (original: CompensatorsOf): CompensatorsOf =>
        (failed, saga) =>
          original(failed, saga).filter((service) => failed !== 'hotel' || service !== 'flight'),
    },
  ]),
  ...bugsIn('engine/saga/initiator.ts', [
    {
      name: 'one success of two is enough',
      in: 'Initiator.#completed.isComplete',
      plant: (original: boolean, { heard }: { readonly heard: object }) => original || 'car.booked' in heard,
    },
  ]),
  ...bugsIn('engine/saga/external-decision.ts', [
    {
      name: 'an outside is not told that nobody wants it any more',
      in: 'Machine.#askCall',
      plant:
        (original: AskCall): AskCall =>
        (state, again) => {
          const call = original(state, again);
          return call.call === 'ask' ? { call: 'ask', request: call.request, again } : call;
        },
    },
  ]),
];

export const bugs: readonly Bug[] = [...ownBugs, ...engineBugs];
