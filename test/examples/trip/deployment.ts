import { placing } from '../../../engine/initiator/place.ts';
import { putPlaces } from '../../../examples/trip/places.ts';
import { saga, Wanted } from '../../../examples/trip/saga.ts';
import { trip } from '../../../examples/trip/trip.ts';
import { type Deployment, deploymentOf } from '../../simulation/deployment.ts';
import { api } from '../../simulation/functions.ts';
import { TripRules } from './rules.ts';
import { attemptOf, scenarioOf, workloadOf } from './workload.ts';

/** The trip as it is deployed, for the simulator that runs the shop. */
export const deployment: Deployment = {
  ...(await deploymentOf(saga, new URL('../../../examples/trip/', import.meta.url), {
    functions: {
      'place-trip': api('trip', (edges) => placing(trip, edges, Wanted)),
      'put-flight': api('flight', putPlaces),
      'put-hotel': api('hotel', putPlaces),
    },
  })),
  workloadOf,
  scenarioOf,
  rulesOf: (world) => new TripRules(world),
  desk: {
    shows: ['flight', 'hotel', 'car', 'people'],
    tells: ['status', 'reference', 'reason'],
    attempt: attemptOf,
  },
  crashed: {
    scenarios: ['happy', 'flight-full', 'hotel-full', 'both-full', 'silent'],
    singly: ['silent'],
    cancelled: [['happy', 'cancel']],
  },
  goals: ['trip CANCELLED FLIGHT_FULL', 'trip CANCELLED HOTEL_FULL', 'car silent'],
};
