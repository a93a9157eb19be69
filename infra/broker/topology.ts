import { type Service, services, subscriptionsOf } from '../../functions/saga/choreography.ts';
import {
  deadQueueOf,
  EVENTS_EXCHANGE,
  FAILURES_EXCHANGE,
  parkingExchangeOf,
  queueOf,
  type RetryDelay,
  redriveExchangeOf,
  retryExchangeOf,
} from '../../functions/saga/routes.ts';

export interface Exchange {
  readonly name: string;
  readonly type: 'direct' | 'fanout';
}

export interface Queue {
  readonly name: string;
  readonly arguments: Readonly<Record<string, string | number>>;
}

export interface Binding {
  readonly exchange: string;
  readonly queue: string;
  readonly routingKey: string;
}

export interface Topology {
  readonly exchanges: readonly Exchange[];
  readonly queues: readonly Queue[];
  readonly bindings: readonly Binding[];
}

/** The second line of defence: deliveries of one message before the broker itself puts it aside. */
const DELIVERY_LIMIT = 20;
/** Parked messages wait for a person, and being looked at must not use them up. */
const PARKED_DELIVERY_LIMIT = 1_000_000;

/**
 * Dead-lettering that survives a crash: the broker holds a message until its target has confirmed it, which
 * needs `reject-publish`. https://www.rabbitmq.com/docs/quorum-queues#dead-lettering
 */
const safelyDeadLettered = (target: string | undefined) => ({
  'x-queue-type': 'quorum',
  'x-overflow': 'reject-publish',
  'x-dead-letter-strategy': 'at-least-once',
  'x-dead-letter-exchange': '',
  ...(target === undefined ? {} : { 'x-dead-letter-routing-key': target }),
});

const mainQueue = (service: Service): Queue => ({
  name: queueOf(service),
  arguments: { ...safelyDeadLettered(deadQueueOf(service)), 'x-delivery-limit': DELIVERY_LIMIT },
});

const parkingQueue = (service: Service): Queue => ({
  name: deadQueueOf(service),
  arguments: { 'x-queue-type': 'quorum', 'x-delivery-limit': PARKED_DELIVERY_LIMIT },
});

/** What expires goes to the default exchange under the key it came with: the queue that it is to return to. */
const delayQueue = (delay: RetryDelay): Queue => ({
  name: retryExchangeOf(delay),
  arguments: { ...safelyDeadLettered(undefined), 'x-message-ttl': delay.delayMs },
});

/** For its service alone, which parks and redrives through them. */
const ownExchanges = (service: Service): readonly Exchange[] => [
  { name: parkingExchangeOf(service), type: 'fanout' },
  { name: redriveExchangeOf(service), type: 'fanout' },
];

/** Everything on the broker, derived from the choreography. */
export function topologyOf(retryDelays: readonly RetryDelay[]): Topology {
  return {
    exchanges: [
      { name: EVENTS_EXCHANGE, type: 'direct' },
      { name: FAILURES_EXCHANGE, type: 'fanout' },
      ...services.flatMap(ownExchanges),
      ...retryDelays.map((delay) => ({ name: retryExchangeOf(delay), type: 'fanout' as const })),
    ],
    queues: [...services.map(mainQueue), ...services.map(parkingQueue), ...retryDelays.map(delayQueue)],
    bindings: [
      ...services.flatMap((service) =>
        subscriptionsOf(service).map((type) => ({
          exchange: EVENTS_EXCHANGE,
          queue: queueOf(service),
          routingKey: type,
        })),
      ),
      ...services.map((service) => ({
        exchange: FAILURES_EXCHANGE,
        queue: queueOf(service),
        routingKey: '',
      })),
      ...services.flatMap((service) => [
        { exchange: parkingExchangeOf(service), queue: deadQueueOf(service), routingKey: '' },
        { exchange: redriveExchangeOf(service), queue: queueOf(service), routingKey: '' },
      ]),
      ...retryDelays.map((delay) => ({
        exchange: retryExchangeOf(delay),
        queue: retryExchangeOf(delay),
        routingKey: '',
      })),
    ],
  };
}
