import { parseQueueShards, type QueueShards } from '../../engine/saga/queue-shards.ts';
import {
  DEFAULT_RETRY_DELAYS,
  deadLetterExchangeOf,
  deadQueueOf,
  EVENTS_EXCHANGE,
  FAILURES_EXCHANGE,
  parseRetryDelays,
  queueOf,
  type RetryDelay,
  redriveExchangeOf,
  retryExchangeOf,
  returnExchangeOf,
} from '../../engine/saga/routes.ts';
import type { Saga } from '../../engine/saga/saga.ts';
import { SLOT_HEADER } from '../../engine/saga/slots.ts';
import { type Hearing, heardIn, unheardIn } from './hearing.ts';
import { deadLetterQueue, delayQueue, mainQueue, type Queue } from './queues.ts';
import { oneQueueEach, queuesOf, slotsOf } from './shards.ts';

export interface Exchange {
  readonly name: string;
  readonly type: 'direct' | 'fanout' | 'headers';
  readonly arguments?: Readonly<Record<string, string>>;
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

type Bindings = Pick<Topology, 'bindings' | 'exchangeBindings'>;

export interface Topology {
  /** The saga's name. The names of queues and exchanges do not contain it, so a broker serves one saga. */
  readonly saga: string;
  readonly exchanges: readonly Exchange[];
  readonly queues: readonly Queue[];
  readonly bindings: readonly Binding[];
  readonly exchangeBindings: readonly ExchangeBinding[];
  /** Bindings that an earlier declaration may have made and that must not exist. */
  readonly unbound: Bindings;
  /** Queues left by another number of shards: they would collect or keep messages that nobody reads. */
  readonly leftovers: readonly string[];
}

/** A service's own exchanges, for dead letters, redrives and retries. */
const ownExchanges = (
  service: string,
  count: number,
  retryDelays: readonly RetryDelay[],
): readonly Exchange[] => [
  { name: deadLetterExchangeOf(service), type: 'fanout' },
  { name: returnExchangeOf(service), type: 'direct' },
  ...retryDelays.map((delay) => ({ name: retryExchangeOf(service, delay), type: 'fanout' as const })),
  ...(count === 1
    ? [{ name: redriveExchangeOf(service), type: 'fanout' as const }]
    : shardingExchanges(service, count)),
];

/**
 * A message goes to the queue of its saga's slot. A consistent-hash exchange would not do: it needs a plugin, and its
 * ring may change when the broker restarts. A message without a slot is foreign, and goes to the first queue, whose
 * consumer dead-letters it. The name of the alternate exchange contains the number of shards, so the broker refuses
 * another number. https://www.rabbitmq.com/docs/ae
 */
const shardingExchanges = (service: string, count: number): readonly Exchange[] => [
  { name: strayExchangeOf(service, count), type: 'fanout' },
  {
    name: redriveExchangeOf(service),
    type: 'headers',
    arguments: { 'alternate-exchange': strayExchangeOf(service, count) },
  },
];

const strayExchangeOf = (service: string, count: number): string => `${service}.strays-of-${count}`;

function retryBindings(
  service: string,
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

function ownBindings(service: string, shards: QueueShards): readonly Binding[] {
  const queues = queuesOf(service, shards);
  const [first = queueOf(service)] = queues;
  const own = redriveExchangeOf(service);
  const deadLetters = {
    exchange: deadLetterExchangeOf(service),
    queue: deadQueueOf(service),
    routingKey: '',
  };
  if (queues.length === 1) return [deadLetters, { exchange: own, queue: first, routingKey: '' }];
  const sharded = queues.flatMap((queue, index) =>
    slotsOf(index, queues.length).map((slot) => ({
      exchange: own,
      queue,
      routingKey: '',
      headers: { 'x-match': 'all', [SLOT_HEADER]: slot },
    })),
  );
  const strays = { exchange: strayExchangeOf(service, queues.length), queue: first, routingKey: '' };
  return [deadLetters, ...sharded, strays];
}

/** Binds each service's queue, or, if the queue is sharded, the exchange that leads to its shards. */
const boundBy = (hearings: readonly Hearing[], shards: QueueShards): Bindings => {
  const isSharded = ({ service }: Hearing) => queuesOf(service, shards).length > 1;
  return {
    bindings: hearings
      .filter((hearing) => !isSharded(hearing))
      .map(({ service, ...from }) => ({ ...from, queue: queueOf(service) })),
    exchangeBindings: hearings
      .filter(isSharded)
      .map(({ service, ...from }) => ({ ...from, to: redriveExchangeOf(service) })),
  };
};

/** Everything on the broker, derived from a saga's declaration. */
export function topologyOf(
  saga: Saga,
  retryDelays: readonly RetryDelay[],
  shards: QueueShards = oneQueueEach(saga),
): Topology {
  const { services } = saga;
  const { bindings, exchangeBindings } = boundBy(heardIn(saga), shards);
  const countOf = (service: string) => queuesOf(service, shards).length;
  return {
    saga: saga.name,
    exchanges: [
      { name: EVENTS_EXCHANGE, type: 'direct' },
      { name: FAILURES_EXCHANGE, type: 'fanout' },
      ...services.flatMap((service) => ownExchanges(service, countOf(service), retryDelays)),
    ],
    queues: [
      ...services.flatMap((service) => queuesOf(service, shards).map((name) => mainQueue(service, name))),
      ...services.map(deadLetterQueue),
      ...services.flatMap((service) => retryDelays.map((delay) => delayQueue(service, delay))),
    ],
    bindings: [
      ...bindings,
      ...services.flatMap((service) => ownBindings(service, shards)),
      ...services.flatMap((service) => retryBindings(service, shards, retryDelays)),
    ],
    exchangeBindings,
    unbound: boundBy(unheardIn(saga), shards),
    leftovers: services.flatMap((service) => leftoversOf(service, countOf(service))),
  };
}

/** The environment variables for queues. */
export interface QueueSettings {
  readonly RETRY_DELAYS?: string | undefined;
  readonly QUEUE_SHARDS?: string | undefined;
}

/** @throws RangeError naming the setting that is wrong */
export const configuredTopology = (saga: Saga, { RETRY_DELAYS, QUEUE_SHARDS }: QueueSettings): Topology =>
  topologyOf(
    saga,
    parseRetryDelays(RETRY_DELAYS || DEFAULT_RETRY_DELAYS),
    parseQueueShards(saga, QUEUE_SHARDS),
  );

/** Shards are numbered from 0 without a gap, so checking for the first surplus shard is enough. */
const leftoversOf = (service: string, count: number): readonly string[] =>
  count === 1 ? [`${queueOf(service)}.0`] : [queueOf(service), `${queueOf(service)}.${count}`];
