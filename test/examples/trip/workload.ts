import { saga } from '../../../examples/trip/saga.ts';
import type { Attempt } from '../../simulation/actors/request.ts';
import {
  type CustomerPlan,
  calm,
  circumstances,
  customerWishes,
  habits,
  MINUTE_MS,
  type OperatorPlan,
  pryingWishes,
  type Redelivery,
  type Workload,
} from '../../simulation/actors/workload.ts';
import { Random } from '../../simulation/random.ts';

const services = ['flight', 'hotel'] as const;
type Service = (typeof services)[number];
const names: Readonly<Record<Service, readonly string[]>> = {
  flight: ['LH1', 'BA2'],
  hotel: ['Ritz', 'Plaza'],
};

/** Whoever waits for an answer is asked about every minute, for three hours where a clock was two hours wrong. */
const SILENT_STEPS = 15_000;

const wishes = customerWishes(saga);
const prying = pryingWishes(saga, ['upgrade', 'trip-as-operator', 'redrive']);
const operatorWishes = ['put', 'put', 'redrive', 'dry-run', 'look'] as const;

/** A trip in a seat that the traveller makes, which only an operator may. */
export function attemptOf(kind: string, { name, body }: CustomerPlan): Attempt | undefined {
  if (kind !== 'upgrade') return undefined;
  const path = { name: String(body.flight) };
  const request = { method: 'PUT', by: name, role: saga.ownerRole, path, body: { left: 9 } } as const;
  return { name: 'put-flight', request, statusCode: 403 };
}

const shelvesOf = (leftOf: (service: Service, name: string) => number): Workload['shelves'] =>
  services.flatMap((service) =>
    names[service].map((name) => ({
      service,
      items: [{ pk: `LEFT#${name}`, left: leftOf(service, name) }],
    })),
  );

/** A few travellers who want the same flights and hotels, and a car company that does not always answer. */
export function workloadOf(seed: number): Workload {
  const random = new Random(seed, 5);
  const odd = new Random(seed, 11);
  const isSilent = odd.chance(0.03);
  const customers = isSilent ? 1 : random.pick([2, 2, 3, 4, 6]);
  const most = random.pick([4, 8, 20]);
  return {
    shelves: shelvesOf(() => random.below(most)),
    customers: Array.from({ length: customers }, (_, id) => traveller(id, seed)),
    operators: Array.from({ length: random.below(4) }, (_, id) => operator(id + customers, seed)),
    ...circumstances(random, odd),
    ...(isSilent ? { silent: ['car'], healingSteps: SILENT_STEPS } : {}),
  };
}

function traveller(id: number, seed: number): CustomerPlan {
  const random = new Random(seed, 6, id);
  const count = random.pick([0, 1, 1, 1, 2]);
  const name = (service: Service) => (random.chance(0.03) ? 'nowhere' : random.pick(names[service]));
  const body = { flight: name('flight'), hotel: name('hotel'), car: 'mini', people: 1 + random.below(3) };
  return {
    id,
    // Two travellers may come upon the same key, and one traveller uses it for one intention only.
    name: `traveller-${1 + (id % 2)}`,
    key: `key-${Math.floor(id / 2)}`,
    body,
    other: { ...body, car: 'van' },
    ...habits(random, { count, wants: wishes }, new Random(seed, 12, id), prying),
  };
}

function operator(id: number, seed: number): OperatorPlan {
  const random = new Random(seed, 7, id);
  const wish = { kind: random.pick(operatorWishes), afterSteps: random.below(150) };
  const service = random.pick(services);
  const path = { name: random.pick(names[service]) };
  const deadLetters = `${random.pick(saga.services)}-dead-letters`;
  const left = random.below(8);
  switch (wish.kind) {
    case 'put':
      return { id, wish, name: `put-${service}`, request: { method: 'PUT', path, body: { left } } };
    case 'look':
      return { id, wish, name: deadLetters, request: { method: 'GET', path: {} } };
    default: {
      const body = { dryRun: wish.kind === 'dry-run', reason: 'mended' };
      return { id, wish, name: deadLetters, request: { method: 'POST', path: {}, body } };
    }
  }
}

const one: CustomerPlan = {
  id: 0,
  name: 'traveller-1',
  key: 'key-0',
  body: { flight: 'LH1', hotel: 'Ritz', car: 'mini', people: 2 },
  other: { flight: 'LH1', hotel: 'Ritz', car: 'van', people: 2 },
  atStep: 0,
  isDouble: false,
  patience: 3,
  wishes: [],
};

/** Places that are left where one of them is full. */
const full = (...which: readonly Service[]) => shelvesOf((service) => (which.includes(service) ? 1 : 5));

/**
 * One named trip with nothing left to chance: `happy`, `flight-full`, `hotel-full`, `both-full`, `refused-by-car`,
 * `silent` (the car company never answers, and the schedule first looks past the deadline), `deadline` (nobody has heard of the trip when the schedule first looks, past
 * its deadline), `cancel-N` (the traveller cancels when N calls have been made).
 */
export function scenarioOf(name: string, redelivery: Redelivery = 'once'): Workload {
  const scene: Workload = { ...calm, shelves: full(), customers: [one], redelivery };
  const [, kind = name, call] = /^(.*?)(?:-(\d+))?$/.exec(name) ?? [];
  switch (kind) {
    case 'happy':
      return scene;
    case 'flight-full':
      return { ...scene, shelves: full('flight') };
    case 'hotel-full':
      return { ...scene, shelves: full('hotel') };
    case 'both-full':
      return { ...scene, shelves: full('flight', 'hotel') };
    case 'refused-by-car':
      return { ...scene, refusing: ['car'] };
    case 'silent':
      return { ...scene, silent: ['car'], firstTickMs: 16 * MINUTE_MS };
    case 'deadline':
      return { ...scene, firstTickMs: 16 * MINUTE_MS, customers: [{ ...one, patience: 0 }] };
    case 'cancel':
      return {
        ...scene,
        customers: [{ ...one, wishes: [{ kind: 'cancel', afterSteps: 0, atCall: Number(call) }] }],
      };
    default:
      throw new Error(`there is no scenario ${name}`);
  }
}
