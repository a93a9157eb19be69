import type { EventType } from './events.ts';

/**
 * The whole choreography: who says what, who listens to which step, and who undoes what.
 *
 * - A *step* moves the saga on; it goes to the participants that name it in `consumes`.
 * - A *failure* goes to every participant, whether it compensates or not.
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
  /** For each failure this participant undoes something for: the events of which it answers one. */
  readonly compensates: Partial<Readonly<Record<EventType, readonly EventType[]>>>;
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
    compensates: {},
  },
  inventory: {
    publishes: { 'stock.reserved': 'step', 'stock.rejected': 'failure', 'stock.released': 'compensation' },
    consumes: ['order.placed'],
    compensates: { 'payment.declined': ['stock.released'], 'order.cancelling': ['stock.released'] },
  },
  payment: {
    publishes: {
      'payment.captured': 'step',
      'payment.declined': 'failure',
      'payment.voided': 'compensation',
      'payment.refunded': 'compensation',
    },
    consumes: ['stock.reserved'],
    compensates: { 'order.cancelling': ['payment.voided', 'payment.refunded'] },
  },
} as const satisfies Record<string, Participation>;

export type Service = keyof typeof choreography;
export const services = Object.keys(choreography) as readonly Service[];

/** The participant that starts every saga, hears every compensation and declares the outcome. */
const initiator: Service = 'order';

/**
 * Failures that leave nothing to undo: the step that would have had an effect refused before it had one.
 * Named here so that a failure nobody compensates is a decision and not an oversight.
 */
export const harmlessFailures: readonly EventType[] = ['stock.rejected'];

const participations: Readonly<Record<Service, Participation>> = choreography;

export function publisherOf(type: EventType): Service {
  const service = services.find((candidate) => participations[candidate].publishes[type] !== undefined);
  if (service === undefined) throw new Error(`${type} has no publisher in the choreography`);
  return service;
}

export function kindOf(type: EventType): EventKind {
  const kind = participations[publisherOf(type)].publishes[type];
  if (kind === undefined) throw new Error(`${type} has no kind in the choreography`);
  return kind;
}

/** The participants whose answer a failed saga needs before it has ended, in the map's order. */
export function compensatorsOf(failure: EventType): readonly Service[] {
  return services.filter((service) => participations[service].compensates[failure] !== undefined);
}

/** Every event type that is routed to a participant's queue by name; failures reach it by fanout besides. */
export function subscriptionsOf(service: Service): readonly EventType[] {
  const own = participations[service].consumes;
  if (service !== initiator) return own;
  const compensations = services.flatMap((each) =>
    (Object.entries(participations[each].publishes) as [EventType, EventKind][])
      .filter(([, kind]) => kind === 'compensation')
      .map(([type]) => type),
  );
  return [...own, ...compensations];
}
