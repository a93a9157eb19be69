import {
  deadQueueOf,
  EVENTS_EXCHANGE,
  FAILURES_EXCHANGE,
  returnExchangeOf,
} from '../../engine/saga/routes.ts';
import { SLOT_HEADER, slots } from '../../engine/saga/slots.ts';
import type { Queue } from '../../infra/broker/queues.ts';
import type { Wiring } from './wiring.ts';

/** The flaws, one sentence each; empty if there are none. */
type Check = (wiring: Wiring) => readonly string[];

/** The queues that the exchange leads to, for any headers. */
const boundQueues = ({ topology }: Wiring, exchange: string, routingKey?: string): readonly string[] => {
  const reach = (from: string) => topology.bindings.filter((binding) => binding.exchange === from);
  const isKey = (binding: { routingKey: string }) =>
    routingKey === undefined || binding.routingKey === routingKey;
  const onward = topology.exchangeBindings.filter((binding) => binding.exchange === exchange);
  return [...reach(exchange).filter(isKey), ...onward.filter(isKey).flatMap(({ to }) => reach(to))]
    .map(({ queue }) => queue)
    .filter((queue) => topology.queues.some(({ name }) => name === queue));
};

const reachesAll = (wiring: Wiring, service: string, exchange: string, routingKey?: string): boolean => {
  const reached = boundQueues(wiring, exchange, routingKey);
  return wiring.queuesOf(service).every((queue) => reached.includes(queue));
};

const whatMustBeHeardIs: Check = (wiring) =>
  wiring.saga.eventTypes
    .filter((type) => wiring.saga.kindOf(type) !== 'failure' && wiring.saga.isHeard(type))
    .filter((type) => boundQueues(wiring, EVENTS_EXCHANGE, type).length === 0)
    .map((type) => `the ${wiring.saga.kindOf(type)} ${type} reaches no queue`);

const whatIsSubscribedArrives: Check = (wiring) =>
  wiring.saga.services.flatMap((service) =>
    wiring.saga
      .subscriptionsOf(service)
      .filter((type) => !reachesAll(wiring, service, EVENTS_EXCHANGE, type))
      .map((type) => `${type} does not reach ${service}`),
  );

const failuresReachWhoTakesPart: Check = (wiring) => [
  ...(wiring.topology.exchanges.some(({ name, type }) => name === FAILURES_EXCHANGE && type === 'fanout')
    ? []
    : [`${FAILURES_EXCHANGE} is no fanout exchange`]),
  ...wiring.saga.services
    .filter((service) => reachesAll(wiring, service, FAILURES_EXCHANGE) !== wiring.saga.takesPart(service))
    .map((service) =>
      wiring.saga.takesPart(service)
        ? `failures do not reach ${service}`
        : `failures reach ${service}, which has nothing to undo`,
    ),
];

const nothingIsBoundInVain: Check = ({ topology, saga }) => {
  const isExchange = (exchange: string) => topology.exchanges.some(({ name }) => name === exchange);
  const ends = [
    ...topology.bindings.map(({ queue, ...from }) => ({ ...from, end: queue })),
    ...topology.exchangeBindings.map(({ to, ...from }) => ({ ...from, end: to })),
  ];
  return [
    ...topology.bindings
      .filter(({ queue }) => !topology.queues.some(({ name }) => name === queue))
      .map(({ queue }) => `no queue ${queue}`),
    ...topology.exchangeBindings.filter(({ to }) => !isExchange(to)).map(({ to }) => `no exchange ${to}`),
    ...ends.filter(({ exchange }) => !isExchange(exchange)).map(({ exchange }) => `no exchange ${exchange}`),
    ...ends
      .filter(
        ({ exchange, routingKey }) => exchange === EVENTS_EXCHANGE && !saga.eventTypes.includes(routingKey),
      )
      .map(({ end, routingKey }) => `${end} is bound to ${routingKey}, which nobody says`),
  ];
};

const queuesLoseNothing: Check = ({ saga, topology }) => {
  const deadLetterQueues = saga.services.map(deadQueueOf);
  return topology.queues.flatMap(({ name, arguments: args }) => [
    ...(args['x-queue-type'] === 'quorum' ? [] : [`${name} is no quorum queue`]),
    ...('x-delivery-limit' in args ? [] : [`${name} has no delivery limit`]),
    ...(deadLetterQueues.includes(name) || args['x-dead-letter-strategy'] === 'at-least-once'
      ? []
      : [`${name} dead-letters at most once`]),
    ...(args['x-overflow'] === 'reject-publish' ? [] : [`${name} drops messages when it is full`]),
    ...(deadLetterQueues.includes(name) && ('x-message-ttl' in args || 'x-max-length' in args)
      ? [`${name} drops dead letters`]
      : []),
  ]);
};

const everyServiceHasADeadLetterQueue: Check = ({ saga, topology, queuesOf }) =>
  saga.services.flatMap((service) =>
    queuesOf(service).flatMap((queue) => {
      const args = topology.queues.find(({ name }) => name === queue)?.arguments ?? {};
      const isDeadLettered =
        args['x-dead-letter-exchange'] === '' &&
        args['x-dead-letter-routing-key'] === deadQueueOf(service) &&
        topology.queues.some(({ name }) => name === deadQueueOf(service));
      return isDeadLettered ? [] : [`${queue} does not dead-letter to ${deadQueueOf(service)}`];
    }),
  );

/** Every message for a sharded queue passes the exchange that routes by slot. */
const everySlotHasOneShard: Check = (wiring) =>
  wiring.saga.services.flatMap((service) => {
    const queues = wiring.queuesOf(service);
    if (queues.length === 1) return [];
    const bindings = wiring.topology.bindings.filter(({ queue }) => queues.includes(queue));
    const takers = (slot: string) => bindings.filter(({ headers }) => headers?.[SLOT_HEADER] === slot);
    const exchange = wiring.topology.exchanges.find(({ name }) => name === service);
    const strays = exchange?.arguments?.['alternate-exchange'] ?? '';
    // A retried message has its queue's name as its routing key.
    const own = [service, returnExchangeOf(service), strays];
    return [
      ...slots
        .filter((slot) => takers(slot).length !== 1)
        .map((slot) => `${takers(slot).length} shards of ${service} take the slot ${slot}`),
      ...(exchange?.type === 'headers' ? [] : [`${service} does not route by headers`]),
      ...bindings
        .filter(({ exchange: from }) => !own.includes(from))
        .map(({ queue, exchange: from }) => `${queue} takes every order of ${from}`),
      ...(boundQueues(wiring, strays).length === 1
        ? []
        : [`messages without a slot do not reach ${service}`]),
    ];
  });

/**
 * A delay queue sets no routing key, so each message returns to the queue that its own key names. It returns through an
 * exchange that leads to its service's queues only.
 */
const delayQueuesReturn: Check = (wiring) => {
  const { saga, topology } = wiring;
  return saga.services.flatMap((service) => {
    const back = returnExchangeOf(service);
    const own = wiring.queuesOf(service);
    const reached = topology.bindings.filter(({ exchange }) => exchange === back);
    return [
      ...own
        .filter((name) => !reached.some(({ queue, routingKey }) => queue === name && routingKey === name))
        .map((name) => `${back} does not lead back to ${name}`),
      ...reached.filter(({ queue }) => !own.includes(queue)).map(({ queue }) => `${back} leads to ${queue}`),
      ...topology.queues
        .filter(({ name, arguments: args }) => name.startsWith(`${back}.`) && 'x-message-ttl' in args)
        .flatMap((queue) => flawsOfDelay(wiring, queue, back)),
    ];
  });
};

const flawsOfDelay = ({ topology }: Wiring, { name, arguments: args }: Queue, back: string) => [
  ...(args['x-dead-letter-exchange'] === back
    ? []
    : [`${name} returns to ${args['x-dead-letter-exchange'] || 'the default exchange'}`]),
  ...('x-dead-letter-routing-key' in args ? [`${name} returns everything to one queue`] : []),
  ...(topology.exchanges.some((exchange) => exchange.name === name && exchange.type === 'fanout')
    ? []
    : [`${name} has no fanout exchange, which takes every key`]),
  ...(topology.bindings.some(({ exchange, queue }) => exchange === name && queue === name)
    ? []
    : [`${name} is not bound`]),
];

export const brokerChecks = {
  whatMustBeHeardIs,
  whatIsSubscribedArrives,
  failuresReachWhoTakesPart,
  nothingIsBoundInVain,
  queuesLoseNothing,
  everyServiceHasADeadLetterQueue,
  everySlotHasOneShard,
  delayQueuesReturn,
} satisfies Record<string, Check>;
