import { mix, Random } from './random.ts';

/** The calls that a function makes to the outside. */
export const callKinds = [
  'read',
  'write',
  'query',
  'publish',
  'visit',
  'leave',
  'create',
  'confirm',
  'retrieve',
  'withdraw',
  'refund',
  'refunds',
  'disputes',
  'ask',
  'undo',
] as const;
export type CallKind = (typeof callKinds)[number];
export type Site = `${string}.${CallKind}`;

/** Before, after, or while the request is on its way and arrives in spite of it. */
const crashes = ['crash-before', 'crash-after', 'crash-in-flight'] as const;
/** What a connection does ends with the connection. */
const crashesOnChannel = ['crash-before', 'crash-after'] as const;

/** What may happen to a call of each kind. `hung`: nobody answers until whoever asks gives up. Every pair has to happen in a run of enough seeds. */
export const callFaults = {
  // Some of what was asked for at once may be left for another time, and a page of an index name an entry twice.
  read: [...crashes, 'late', 'throttled', 'partial', 'hung'],
  query: [...crashes, 'late', 'throttled', 'index-lag', 'entry-twice', 'hung'],
  write: [...crashes, 'late', 'throttled', 'conflict', 'invalid', 'answer-lost', 'hung'],
  publish: [...crashes, 'late', 'refused', 'answer-lost', 'duplicated', 'delayed', 'reordered', 'hung'],
  // A look into the dead-letter queue, and the end of it.
  visit: [...crashesOnChannel, 'late', 'refused'],
  leave: [...crashesOnChannel, 'late', 'removal-lost'],
  // A payment intent, which moves no money before it is confirmed.
  create: [...crashes, 'late', 'unreachable', 'answer-lost', 'unavailable', 'limited'],
  // Somebody gives money back at the provider's dashboard before it is known that it was charged.
  confirm: [
    ...crashes,
    'late',
    'unreachable',
    'answer-lost',
    'unavailable',
    'given-back',
    'part-given-back',
    'decided-later',
    'limited',
    'hung',
  ],
  retrieve: [...crashes, 'late', 'unreachable', 'unavailable', 'limited'],
  withdraw: [...crashes, 'late', 'unreachable', 'answer-lost', 'unavailable', 'limited'],
  refund: [
    ...crashes,
    'late',
    'unreachable',
    'answer-lost',
    'unavailable',
    'bank-refuses',
    'pending',
    'bounces',
    'disputed',
    'limited',
    'part-given-back',
    'action-needed',
    'hung',
  ],
  refunds: [...crashes, 'late', 'unreachable', 'unavailable', 'limited'],
  disputes: [...crashes, 'late', 'unreachable', 'unavailable', 'limited'],
  // Whom any other step asks, and to undo what was done.
  ask: [...crashes, 'late', 'unreachable', 'answer-lost', 'unavailable', 'hung'],
  undo: [...crashes, 'late', 'unreachable', 'answer-lost', 'unavailable', 'hung'],
} as const satisfies Record<CallKind, readonly string[]>;

/** What may happen between the event source and a function: to a batch that is about to be delivered. */
export const deliveryFaults = ['dropped', 'disconnected'] as const;
/** What may happen to a message that somebody outside sends over the network. */
export const newsFaults = ['news-lost', 'news-doubled', 'news-late', 'news-forged'] as const;
/** What may happen to the world at any step. */
export const worldFaults = [
  'unbound',
  'stall',
  'crash-loop',
  'outage',
  'shortage',
  'clock-jump',
  'clock-skew',
  'poison',
  'unasked',
  'recycled',
  'forged',
  'blocked',
  'dead-lettered-twice',
] as const;

export type Fault =
  | (typeof callFaults)[CallKind][number]
  | (typeof deliveryFaults)[number]
  | (typeof newsFaults)[number]
  | (typeof worldFaults)[number];

/** Where a fault can happen: the n-th call, delivery, step or message from outside of a run. */
export type Place = `${'call' | 'delivery' | 'step' | 'news'}-${number}`;

export interface PlannedFault {
  readonly at: Place;
  readonly fault: Fault;
}

/** Decides which fault happens where; what it decided is what a replay is given. */
export interface FaultPlan {
  /** `site`: which service makes which call, if it is one. */
  next(at: () => Place, possible: readonly Fault[], site?: Site): Fault | undefined;
  readonly happened: readonly PlannedFault[];
}

/** Rare enough that most sagas make progress, and in some seeds so frequent that few do. */
const BASE_RATE = 0.012;
const STEP_RATE = 0.002;
/** Calls that few sagas make, and so the places where it would take long to see everything. */
const RARE_RATE = 0.04;
/** Each seed has moods of its own (swarm testing): what never happens in one happens a lot in another. */
const moods = [0, 0, 0.5, 0.5, 2, 6];
const FAVOURED = 20;

/** Draws faults at random for a seed. */
export class RandomPlan implements FaultPlan {
  readonly happened: PlannedFault[] = [];
  readonly #random: Random;
  readonly #seed: number;
  readonly #favoured: readonly Fault[];
  /** What is possible at a kind of place, with the probability that this or one before it happens. */
  readonly #odds = new Map<readonly Fault[], readonly number[]>();

  /** `favoured`: faults that happen a lot whatever the mood is. */
  constructor(seed: number, favoured: readonly Fault[] = []) {
    this.#favoured = favoured;
    this.#seed = seed;
    this.#random = new Random(seed, 2);
  }

  next(at: () => Place, possible: readonly Fault[]): Fault | undefined {
    const odds = this.#odds.get(possible) ?? this.#weigh(possible);
    const draw = this.#random.fraction();
    if (draw >= (odds.at(-1) ?? 0)) return undefined;
    const fault = possible[odds.findIndex((limit) => draw < limit)];
    if (fault !== undefined) this.happened.push({ at: at(), fault });
    return fault;
  }

  #weigh(possible: readonly Fault[]): readonly number[] {
    const often = rareCalls.get(possible) ?? 1;
    let sum = 0;
    const odds = possible.map((fault) => {
      const { number, rate } = allFaults.get(fault) ?? { number: -1, rate: 0 };
      const mood = new Random(this.#seed, 3, number).pick(moods);
      sum += (this.#favoured.includes(fault) ? FAVOURED : mood) * rate * often;
      return sum;
    });
    this.#odds.set(possible, odds);
    return odds;
  }
}

function rateOf(fault: Fault): number {
  if (worldFaults.some((each) => each === fault)) return STEP_RATE;
  return rareFaults.has(fault) ? RARE_RATE : BASE_RATE;
}

const rareFaults: ReadonlySet<Fault> = new Set([
  'bank-refuses',
  'pending',
  'action-needed',
  'bounces',
  'disputed',
  'decided-later',
  ...newsFaults,
  'removal-lost',
  'index-lag',
  'limited',
]);

/** So seldom made that a fault of theirs has to be so much likelier, or some would never happen. */
const rareCalls: ReadonlyMap<readonly Fault[], number> = new Map<readonly Fault[], number>([
  [callFaults.undo, 2],
  [callFaults.disputes, 8],
]);

/** With the number that each has among them, and how often it happens. */
const allFaults: ReadonlyMap<Fault, { readonly number: number; readonly rate: number }> = new Map(
  [
    ...new Set<Fault>([
      ...callKinds.flatMap((kind) => callFaults[kind]),
      ...deliveryFaults,
      ...worldFaults,
      ...newsFaults,
    ]),
  ].map((fault, number) => [fault, { number, rate: rateOf(fault) }]),
);

/** Lets exactly the given faults happen. One whose place never comes, or does not know it, does not happen. */
export class ScriptedPlan implements FaultPlan {
  readonly happened: PlannedFault[] = [];
  readonly #script: ReadonlyMap<Place, Fault>;

  constructor(script: readonly PlannedFault[]) {
    this.#script = new Map(script.map(({ at, fault }) => [at, fault]));
  }

  next(at: () => Place, possible: readonly Fault[]): Fault | undefined {
    if (this.#script.size === 0) return undefined;
    const place = at();
    const fault = this.#script.get(place);
    if (fault === undefined || !possible.includes(fault)) return undefined;
    this.happened.push({ at: place, fault });
    return fault;
  }
}

/** A number from 0 to 1 for the details of a fault, the same whenever that fault happens at that place. */
export const detailOf = (seed: number, place: number, what: number): number =>
  mix(seed, 4, place, what) / 2 ** 32;
