import type { EventType, Fact } from './events.ts';

/**
 * The whole choreography: who says what, who listens to which step, and who undoes what.
 *
 * - A *step* moves the saga on; it goes to the participants that name it in `consumes`.
 * - A *failure* goes to every participant; those in its `undoneBy` compensate, the others have nothing to undo.
 * - A *compensation* tells the order that a participant holds nothing any more.
 * - An *outcome* ends the saga; it is for services that are not written yet, so nobody has to listen.
 *
 * Exchanges, queues and bindings are derived from this map, and so is the set of answers a cancelling order
 * waits for: a new participant is a new entry here, and no other service changes.
 */
export type EventKind = 'step' | 'failure' | 'compensation' | 'outcome';

export interface Participation {
  readonly publishes: Partial<Readonly<Record<EventType, EventKind>>>;
  readonly consumes: readonly EventType[];
  /**
   * For each failure this participant says: who has acted by then. None: it refused before anybody had an
   * effect. Everyone: it may come at any time, so whoever has a compensation answers, held or not.
   */
  readonly undoneBy: Partial<Readonly<Record<EventType, readonly string[] | 'everyone'>>>;
}

export const choreography = {
  order: {
    publishes: {
      'order.placed': 'step',
      'order.cancelling': 'failure',
      'order.confirmed': 'outcome',
      'order.cancelled': 'outcome',
    },
    consumes: ['payment.captured'],
    undoneBy: { 'order.cancelling': 'everyone' },
  },
  inventory: {
    publishes: { 'stock.reserved': 'step', 'stock.rejected': 'failure', 'stock.released': 'compensation' },
    consumes: ['order.placed'],
    undoneBy: { 'stock.rejected': [] },
  },
  payment: {
    publishes: {
      'payment.captured': 'step',
      'payment.declined': 'failure',
      'payment.voided': 'compensation',
      'payment.refunded': 'compensation',
    },
    consumes: ['stock.reserved'],
    undoneBy: { 'payment.declined': ['inventory'] },
  },
} as const satisfies Record<string, Participation>;

export type Service = keyof typeof choreography;
export const services = Object.keys(choreography) as readonly Service[];

type FailureOf<P extends Participation> = {
  [T in keyof P['publishes']]: P['publishes'][T] extends 'failure' ? T : never;
}[keyof P['publishes']];

/** The event types that the map calls failures. Each carries the customer, for the tombstone it may leave. */
export type FailureType = { [S in Service]: FailureOf<(typeof choreography)[S]> }[Service];

/** The participant that starts every saga, hears every compensation and declares the outcome. */
const initiator: Service = 'order';

const participations: Readonly<Record<Service, Participation>> = choreography;

/** Who says each event, and what kind it is. */
const publications = new Map(
  services.flatMap((service) =>
    (Object.entries(participations[service].publishes) as [EventType, EventKind][]).map(
      ([type, kind]) => [type, { service, kind }] as const,
    ),
  ),
);

function publicationOf(type: EventType) {
  const publication = publications.get(type);
  if (publication === undefined) throw new Error(`${type} has no publisher in the choreography`);
  return publication;
}

export const publisherOf = (type: EventType): Service => publicationOf(type).service;

export const kindOf = (type: EventType): EventKind => publicationOf(type).kind;

export const isFailure = (fact: Fact): fact is Fact<FailureType> => kindOf(fact.type) === 'failure';

const compensationsOf = (service: Service): readonly EventType[] =>
  [...publications].flatMap(([type, each]) =>
    each.service === service && each.kind === 'compensation' ? type : [],
  );

const compensators = new Map(
  [...publications].map(([type, { service: publisher }]) => {
    const undoneBy = participations[publisher].undoneBy[type] ?? [];
    const isOne = (service: Service): boolean =>
      undoneBy === 'everyone' ? compensationsOf(service).length > 0 : undoneBy.includes(service);
    return [type, services.filter(isOne)] as const;
  }),
);

/** The participants whose answer a failed saga needs before it has ended, in the map's order. */
export const compensatorsOf = (failure: EventType): readonly Service[] => compensators.get(failure) ?? [];

/** Every event type that is routed to a participant's queue by name; failures reach it by fanout besides. */
export function subscriptionsOf(service: Service): readonly EventType[] {
  const own = participations[service].consumes;
  if (service !== initiator) return own;
  return [...own, ...services.flatMap(compensationsOf)];
}
