import type { Workload } from '../actors/workload.ts';
import {
  calm,
  circumstances,
  customerWishes,
  deadLetterRequests,
  habits,
  pryingWishes,
  varied,
} from '../actors/workload.ts';
import { noRules } from '../checker/rules.ts';
import type { Deployment } from '../deployment.ts';
import { Random } from '../random.ts';
import { deployDrawn, drawSaga } from './declare.ts';

const operatorWishes = ['redrive', 'dry-run', 'look'] as const;

/**
 * A saga that nobody wrote: the seed draws its declaration.
 *
 * @throws Error if what the seed draws is no declaration
 */
export function drawDeployment(seed: number): Deployment {
  const drawn = drawSaga(seed);
  if (drawn === undefined) throw new Error(`what ${seed} draws is refused`);
  const { saga } = drawn;
  const wishes = customerWishes(saga);
  const prying = pryingWishes(saga, ['redrive']);

  function customer(id: number, random: Random, odd: Random): Workload['customers'][number] {
    const body = { what: random.pick(['this', 'that']) };
    return {
      id,
      name: `asker-${1 + (id % 2)}`,
      key: `key-${Math.floor(id / 2)}`,
      body,
      other: { what: 'other' },
      ...habits(random, { count: random.pick([0, 1, 1, 1, 2]), wants: wishes }, odd, prying),
    };
  }

  function operator(id: number, random: Random, odd: Random): Workload['operators'][number] {
    const drawn = random.pick(operatorWishes);
    const wish = { kind: varied(drawn, odd), afterSteps: random.below(150) };
    const name = `${random.pick(saga.services)}-dead-letters`;
    return { id, wish, name, request: deadLetterRequests[wish.kind] };
  }

  function workloadOf(seed: number): Workload {
    const random = new Random(seed, 5);
    const odd = new Random(seed, 11);
    const customers = random.pick([1, 2, 2, 3]);
    return {
      shelves: [],
      customers: Array.from({ length: customers }, (_, id) =>
        customer(id, new Random(seed, 6, id), new Random(seed, 12, id)),
      ),
      operators: Array.from({ length: random.below(3) }, (_, id) =>
        operator(id + customers, new Random(seed, 7, id), new Random(seed, 33, id)),
      ),
      ...circumstances(random, odd),
    };
  }

  return {
    ...deployDrawn(drawn),
    workloadOf,
    scenarioOf: () => ({ ...calm, shelves: [], customers: [customer(0, new Random(1), new Random(2))] }),
    rulesOf: () => noRules,
    desk: { shows: ['what'], tells: ['status', 'reason'], attempt: () => undefined },
    crashed: { scenarios: [], cancelled: [] },
    goals: [],
  };
}
