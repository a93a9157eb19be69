import {
  deadQueueOf,
  EVENTS_EXCHANGE,
  FAILURES_EXCHANGE,
  parkingExchangeOf,
  queueOf,
  type RetryDelay,
  redriveExchangeOf,
  retryExchangeOf,
  returnExchangeOf,
} from '../../engine/saga/routes.ts';
import { SLOT_HEADER } from '../../engine/saga/slots.ts';
import { type Service, shop } from '../../functions/shop.ts';
import { oneQueueEach, type QueueShards, queuesOf, slotsOf } from './shards.ts';

export interface Exchange {
  readonly name: string;
  readonly type: 'direct' | 'fanout' | 'headers';
  readonly arguments?: Readonly<Record<string, string>>;
}

export interface Queue {
  readonly name: string;
  readonly arguments: Readonly<Record<string, string | number>>;
}

export interface Binding {
  readonly exchange: string;
  readonly queue: string;
  readonly routingKey: string;
  /** The headers that a message must have, for an exchange of that type. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** From one exchange to another. */
export interface ExchangeBinding {
  readonly exchange: string;
  readonly to: string;
  readonly routingKey: string;
}

export interface Topology {
  readonly exchanges: readonly Exchange[];
  readonly queues: readonly Queue[];
  readonly bindings: readonly Binding[];
  readonly exchangeBindings: readonly ExchangeBinding[];
  /** Queues that another number of shards has left: they would collect or keep messages that nobody reads. */
  readonly leftovers: readonly string[];
}

/** The second line of defence: deliveries of one message before the broker itself puts it aside. */
const DELIVERY_LIMIT = 20;
/** Parked messages wait for a person, and being looked at must not use them up. */
const PARKED_DELIVERY_LIMIT = 1_000_000;

/**
 * Dead-lettering that survives a crash: the broker holds a message until its target has confirmed it, which
 * needs `reject-publish`. https://www.rabbitmq.com/docs/quorum-queues#dead-lettering
 */
const safelyDeadLettered = (exchange: string) => ({
  'x-queue-type': 'quorum',
  'x-overflow': 'reject-publish',
  'x-dead-letter-strategy': 'at-least-once',
  'x-dead-letter-exchange': exchange,
});

const mainQueue = (service: Service, name: string): Queue => ({
  name,
  arguments: {
    ...safelyDeadLettered(''),
    'x-dead-letter-routing-key': deadQueueOf(service),
    'x-delivery-limit': DELIVERY_LIMIT,
  },
});

const parkingQueue = (service: Service): Queue => ({
  name: deadQueueOf(service),
  arguments: { 'x-queue-type': 'quorum', 'x-delivery-limit': PARKED_DELIVERY_LIMIT },
});

/**
 * What expires keeps the key it came with: the queue of its service that it is to return to. Not by the default
 * exchange, which takes it to any queue: a service could so write where it may not.
 */
const delayQueue = (service: Service, delay: RetryDelay): Queue => ({
  name: retryExchangeOf(service, delay),
  arguments: { ...safelyDeadLettered(returnExchangeOf(service)), 'x-message-ttl': delay.delayMs },
});

/** For its service alone, which parks, redrives and tries again through them. */
const ownExchanges = (
  service: Service,
  count: number,
  retryDelays: readonly RetryDelay[],
): readonly Exchange[] => [
  { name: parkingExchangeOf(service), type: 'fanout' },
  { name: returnExchangeOf(service), type: 'direct' },
  ...retryDelays.map((delay) => ({ name: retryExchangeOf(service, delay), type: 'fanout' as const })),
  ...(count === 1
    ? [{ name: redriveExchangeOf(service), type: 'fanout' as const }]
    : shardingExchanges(service, count)),
];

/**
 * What is said of an order goes to its slot's queue. Not by a consistent hash, whose ring may be another after the
 * broker's restart, and needs a plugin. What has no slot is none of ours and goes to the first queue, to be parked.
 * The count is in a name that the broker compares, so that it refuses another one.
 * https://www.rabbitmq.com/docs/ae
 */
const shardingExchanges = (service: Service, count: number): readonly Exchange[] => [
  { name: strayExchangeOf(service, count), type: 'fanout' },
  {
    name: redriveExchangeOf(service),
    type: 'headers',
    arguments: { 'alternate-exchange': strayExchangeOf(service, count) },
  },
];

const strayExchangeOf = (service: Service, count: number): string => `${service}.strays-of-${count}`;

/** What each service hears, and by which key. */
const heard: readonly (Omit<ExchangeBinding, 'to'> & { readonly service: Service })[] = [
  ...services.flatMap((service) =>
    shop.subscriptionsOf(service).map((type) => ({ service, exchange: EVENTS_EXCHANGE, routingKey: type })),
  ),
  ...services.map((service) => ({ service, exchange: FAILURES_EXCHANGE, routingKey: '' })),
];

function retryBindings(
  service: Service,
  shards: QueueShards,
  retryDelays: readonly RetryDelay[],
): readonly Binding[] {
  const back = returnExchangeOf(service);
  const delays = retryDelays.map((delay) => retryExchangeOf(service, delay));
  return [
    ...delays.map((name) => ({ exchange: name, queue: name, routingKey: '' })),
    ...queuesOf(service, shards).map((queue) => ({ exchange: back, queue, routingKey: queue })),
  ];
}

function ownBindings(service: Service, shards: QueueShards): readonly Binding[] {
  const queues = queuesOf(service, shards);
  const [first = queueOf(service)] = queues;
  const own = redriveExchangeOf(service);
  const parked = { exchange: parkingExchangeOf(service), queue: deadQueueOf(service), routingKey: '' };
  if (queues.length === 1) return [parked, { exchange: own, queue: first, routingKey: '' }];
  const sharded = queues.flatMap((queue, index) =>
    slotsOf(index, queues.length).map((slot) => ({
      exchange: own,
      queue,
      routingKey: '',
      headers: { 'x-match': 'all', [SLOT_HEADER]: slot },
    })),
  );
  const strays = { exchange: strayExchangeOf(service, queues.length), queue: first, routingKey: '' };
  return [parked, ...sharded, strays];
}

/** Everything on the broker, derived from the choreography. */
export function topologyOf(retryDelays: readonly RetryDelay[], shards: QueueShards = oneQueueEach): Topology {
  const isSharded = (service: Service) => shards[service] > 1;
  return {
    exchanges: [
      { name: EVENTS_EXCHANGE, type: 'direct' },
      { name: FAILURES_EXCHANGE, type: 'fanout' },
      ...services.flatMap((service) => ownExchanges(service, shards[service], retryDelays)),
    ],
    queues: [
      ...services.flatMap((service) => queuesOf(service, shards).map((name) => mainQueue(service, name))),
      ...services.map(parkingQueue),
      ...services.flatMap((service) => retryDelays.map((delay) => delayQueue(service, delay))),
    ],
    bindings: [
      ...heard
        .filter(({ service }) => !isSharded(service))
        .map(({ service, exchange, routingKey }) => ({ exchange, queue: queueOf(service), routingKey })),
      ...services.flatMap((service) => ownBindings(service, shards)),
      ...services.flatMap((service) => retryBindings(service, shards, retryDelays)),
    ],
    exchangeBindings: heard
      .filter(({ service }) => isSharded(service))
      .map(({ service, exchange, routingKey }) => ({ exchange, to: redriveExchangeOf(service), routingKey })),
    leftovers: shop.services.flatMap((service) => leftoversOf(service, shards[service])),
  };
}

/** Shards are counted from 0 without a gap, so the first that must not be there stands for those behind it. */
const leftoversOf = (service: Service, count: number): readonly string[] =>
  count === 1 ? [`${queueOf(service)}.0`] : [queueOf(service), `${queueOf(service)}.${count}`];
