import type { Item } from '../../../engine/batch/store.ts';
import type { Saga } from '../../../engine/saga/saga.ts';
import type { Fault } from '../faults.ts';
import type { Random } from '../random.ts';
import type { Attempt, Reply, Request } from './request.ts';

/** What a saga is begun with. */
export type Body = Readonly<Record<string, unknown>>;

/** Something an actor wants to do, that many steps after the run has begun or after its saga was accepted. */
export interface Wish {
  readonly kind: string;
  readonly afterSteps: number;
  /** Instead: as soon as so many calls have been made in the run. */
  readonly atCall?: number;
}

/** Cancelling is what the most can go wrong about. */
const usualWishes = [
  'cancel',
  'cancel',
  'cancel',
  'cancel',
  'cancel',
  'operator-cancel',
  'again',
  'other-body',
  'get',
  'list',
  'stranger',
] as const;
export type UsualWish = (typeof usualWishes)[number];

/** What the participants' records are called. */
const recordsOf = (saga: Saga): readonly string[] =>
  saga.services.flatMap((service) => saga.partOf(service).record ?? []);

/** What customers want: the usual, and to look at a participant's record. */
export const customerWishes = (saga: Saga): readonly string[] => [
  ...usualWishes,
  ...recordsOf(saga).map((record) => `get-${record}`),
];

/** What a customer has no right to, or no sense in. `odd`: what only customers of this saga could come to want. */
export const pryingWishes = (saga: Saga, odd: readonly string[]): readonly string[] => [
  'cancel-of-another',
  ...recordsOf(saga).map((record) => `${record}-of-another`),
  ...odd,
];

const NOT_JSON = { reason: 'nobody can read it', reasonIncludes: 'not JSON' };

/** What an operator may want of dead letters. */
export const deadLetterRequests = {
  redrive: { method: 'POST', path: {}, body: { dryRun: false, reason: 'mended' } },
  'redrive-first': { method: 'POST', path: {}, body: { dryRun: false, reason: 'mended', first: 1 } },
  'dry-run': { method: 'POST', path: {}, body: { dryRun: true } },
  look: { method: 'GET', path: {} },
  discard: { method: 'POST', resource: '/discard', path: {}, body: NOT_JSON },
  'discard-dry-run': { method: 'POST', resource: '/discard', path: {}, body: { ...NOT_JSON, dryRun: true } },
} as const satisfies Readonly<Record<string, OperatorPlan['request']>>;

/** A look at dead letters may end in their being discarded, and a redrive may be of some. */
export function varied<Kind extends string>(kind: Kind, random: Random) {
  if (kind === 'look') return random.pick(['look', 'discard', 'discard-dry-run'] as const);
  if (kind === 'redrive') return random.pick(['redrive', 'redrive', 'redrive-first'] as const);
  return kind as Exclude<Kind, 'look' | 'redrive'>;
}

/** How what a crash has left undone comes again: a batch from the broker, a request from its customer. */
export type Redelivery = 'once' | 'twice' | 'late';

/** Later than any saga's deadline. */
export const LATE_BY_MS = 16 * 60_000;
export const MINUTE_MS = 60_000;

export interface CustomerPlan {
  readonly id: number;
  readonly name: string;
  readonly key: string;
  readonly body: Body;
  readonly other: Body;
  readonly atStep: number;
  /** Sends the first request twice at the same time, as an impatient finger does. */
  readonly isDouble: boolean;
  readonly patience: number;
  readonly wishes: readonly Wish[];
}

export interface OperatorPlan {
  readonly id: number;
  readonly wish: Wish;
  /** The function that is asked, and for what. */
  readonly name: string;
  readonly request: Omit<Request, 'by' | 'role'>;
}

/** How somebody takes all there is and pays for nothing. */
export interface HoarderPlan {
  readonly id: number;
  readonly name: string;
  /** Looks whether there is anything: the function that is asked, and for what. */
  readonly look: { readonly name: string; readonly path: Readonly<Record<string, string>> };
  /** Whether the answer is worth another order. */
  readonly isThere: (answer: Reply['body']) => boolean;
  /** What is ordered each time. */
  readonly bodies: readonly Body[];
}

/** What customers of one saga do. */
export interface Desk {
  /** What its owner is shown of a saga as it was begun, by the members of the body. */
  readonly shows: readonly string[];
  /** What else its owner is shown of it, as it is stored. */
  readonly tells: readonly string[];
  /** What of that is left of a saga that is forgotten, if it was there. */
  readonly remains?: readonly string[];
  /** The members of a body that must not be found anywhere once their owner is erased. */
  readonly private?: readonly string[];
  /** What only customers of this saga want and must not get; undefined if it is none of that. */
  readonly attempt: (kind: string, plan: CustomerPlan) => Attempt | undefined;
}

/** All that is wanted in one run, and the circumstances. */
export interface Workload {
  /** What operators have put into a service's table before anybody came, by what is written together. */
  readonly shelves: readonly { readonly service: string; readonly items: readonly Item[] }[];
  readonly customers: readonly CustomerPlan[];
  readonly operators: readonly OperatorPlan[];
  readonly hoarders?: readonly HoarderPlan[];
  readonly concurrency: number;
  /** One process serves all requests to a function, as it does on a laptop; and else one at a time, as in Lambda. */
  readonly sharesEnvironments: boolean;
  readonly maxBatch: number;
  /** How many messages an event source waits for while it may. */
  readonly window: number;
  readonly schedulers: number;
  /** Faults that this workload is about. */
  readonly favours?: readonly Fault[];
  /** How long faults go on. */
  readonly faultySteps: number;
  readonly redelivery: Redelivery;
  /** Services whose outside refuses whatever it is asked, and no other does. Otherwise: some, by the seed. */
  readonly refusing?: readonly string[];
  /** Services whose outside answers nobody who still wants it, and no other does. Otherwise: some, by the seed. */
  readonly silent?: readonly string[];
  /** Within how many steps everything ends once faults have stopped, if those are many: who never answers is asked often. */
  readonly healingSteps?: number;
  /** Whether others outside send news of what happens there. */
  readonly hasNews?: boolean;
  /** When the schedule runs for the first time. */
  readonly firstTickMs: number;
}

/** One named saga with nothing left to chance but what it is about. */
export const calm = {
  operators: [],
  concurrency: 1,
  sharesEnvironments: false,
  maxBatch: 10,
  window: 1,
  schedulers: 1,
  faultySteps: 2_000,
  redelivery: 'once',
  refusing: [],
  silent: [],
  firstTickMs: MINUTE_MS,
} as const satisfies Partial<Workload>;

/** The circumstances of a seed. `odd` draws what has come to be drawn later. */
export const circumstances = (random: Random, odd: Random) => ({
  concurrency: random.chance(0.4) ? 2 : 1,
  sharesEnvironments: odd.chance(0.3),
  maxBatch: random.pick([1, 3, 10]),
  window: random.pick([1, 1, 2, 4]),
  schedulers: random.chance(0.2) ? 2 : 1,
  faultySteps: 60 + random.below(200),
  redelivery: 'once' as const,
  firstTickMs: MINUTE_MS,
});

/** When a customer comes, and what they want then. `prying` draws what they have no right to, among `odd`. */
export const habits = (
  random: Random,
  { count, wants }: { readonly count: number; readonly wants: readonly string[] },
  prying: Random,
  odd: readonly string[],
) => ({
  atStep: random.below(60),
  isDouble: random.chance(0.1),
  patience: random.below(5),
  wishes: [
    ...Array.from({ length: count }, () => ({
      kind: random.pick(wants),
      afterSteps: random.below(random.pick([4, 30, 60])),
    })),
    ...(prying.chance(0.1) ? [{ kind: prying.pick(odd), afterSteps: prying.below(60) }] : []),
  ],
});
