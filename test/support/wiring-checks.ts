import { deadQueueOf, EVENTS_EXCHANGE, FAILURES_EXCHANGE } from '../../engine/saga/routes.ts';
import { SLOT_HEADER, slots } from '../../engine/saga/slots.ts';
import type { EventKind } from '../../functions/shop.ts';
import { queuesOf } from '../../infra/broker/shards.ts';
import type { Queue } from '../../infra/broker/topology.ts';
import type { Wiring } from './wiring.ts';

/** What is wrong, one sentence each; empty when all is well. */
export type Check = (wiring: Wiring) => readonly string[];

const publications = ({ map }: Wiring) =>
  Object.entries(map).flatMap(([service, { publishes }]) =>
    (Object.entries(publishes) as [string, EventKind][]).map(([type, kind]) => ({ service, type, kind })),
  );

const ofKind = (wiring: Wiring, ...kinds: readonly EventKind[]) =>
  publications(wiring).filter(({ kind }) => kinds.includes(kind));

/** The map may have been given a service that nothing is known of. */
const queuesNamed = ({ shards }: Pick<Wiring, 'shards'>, service: string) =>
  service in shards ? queuesOf(service as keyof typeof shards, shards) : [service];
const deadQueueNamed = (service: string) => deadQueueOf(service as Parameters<typeof deadQueueOf>[0]);

const everyEventHasOnePublisher: Check = (wiring) => {
  const published = publications(wiring).map(({ type }) => type);
  return [
    ...wiring.types
      .map((type) => ({ type, publishers: published.filter((each) => each === type).length }))
      .filter(({ publishers }) => publishers !== 1)
      .map(({ type, publishers }) => `${type} is published by ${publishers} services`),
    ...published
      .filter((type) => !wiring.types.some((known) => known === type))
      .map((type) => `${type} is published but has no schema`),
  ];
};

/** Whatever a message's headers are. */
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
  return queuesNamed(wiring, service).every((queue) => reached.includes(queue));
};

const everyStepAndCompensationIsHeard: Check = (wiring) =>
  ofKind(wiring, 'step', 'compensation')
    .filter(({ type }) => boundQueues(wiring, EVENTS_EXCHANGE, type).length === 0)
    .map(({ type, kind }) => `the ${kind} ${type} reaches no queue`);

const whatIsConsumedArrives: Check = (wiring) =>
  Object.entries(wiring.map).flatMap(([service, { consumes }]) =>
    consumes.flatMap((type) => [
      ...(ofKind(wiring, 'step').some((step) => step.type === type)
        ? []
        : [`${service} consumes ${type}, which is nobody’s step`]),
      ...(reachesAll(wiring, service, EVENTS_EXCHANGE, type) ? [] : [`${type} does not reach ${service}`]),
    ]),
  );

const failuresReachEverybody: Check = (wiring) => [
  ...(wiring.topology.exchanges.some(({ name, type }) => name === FAILURES_EXCHANGE && type === 'fanout')
    ? []
    : [`${FAILURES_EXCHANGE} is no fanout exchange`]),
  ...Object.keys(wiring.map)
    .filter((service) => !reachesAll(wiring, service, FAILURES_EXCHANGE))
    .map((service) => `failures do not reach ${service}`),
];

const nothingIsBoundInVain: Check = ({ topology, types }) => {
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
        ({ exchange, routingKey }) =>
          exchange === EVENTS_EXCHANGE && !types.some((type) => type === routingKey),
      )
      .map(({ end, routingKey }) => `${end} is bound to ${routingKey}, which nobody says`),
  ];
};

const everyFailureSaysWhoUndoesIt: Check = (wiring) =>
  ofKind(wiring, 'failure')
    .filter(({ type, service }) => !Object.hasOwn(wiring.map[service]?.undoneBy ?? {}, type))
    .map(({ type }) => `nothing says who undoes ${type}`);

const whoeverUndoesHasAnAnswer: Check = (wiring) => {
  const canAnswer = (service: string) =>
    ofKind(wiring, 'compensation').some((answer) => answer.service === service);
  return Object.entries(wiring.map).flatMap(([service, { undoneBy }]) =>
    Object.entries(undoneBy).flatMap(([failure, undoers]) => [
      ...(ofKind(wiring, 'failure').some((each) => each.type === failure && each.service === service)
        ? []
        : [`${service} has ${failure} undone, which is no failure of its`]),
      ...(undoers === 'everyone' ? [] : undoers)
        .filter((undoer) => !canAnswer(undoer))
        .map((undoer) => `${undoer} undoes ${failure} and has no compensation to answer with`),
    ]),
  );
};

const queuesLoseNothing: Check = ({ map, topology }) => {
  const parking = Object.keys(map).map(deadQueueNamed);
  return topology.queues.flatMap(({ name, arguments: args }) => [
    ...(args['x-queue-type'] === 'quorum' ? [] : [`${name} is no quorum queue`]),
    ...('x-delivery-limit' in args || 'x-message-ttl' in args ? [] : [`${name} has no delivery limit`]),
    ...(parking.includes(name) || args['x-dead-letter-strategy'] === 'at-least-once'
      ? []
      : [`${name} dead-letters at most once`]),
    ...(parking.includes(name) || args['x-overflow'] === 'reject-publish'
      ? []
      : [`${name} drops what overflows`]),
    ...(parking.includes(name) && ('x-message-ttl' in args || 'x-max-length' in args)
      ? [`${name} forgets what is parked`]
      : []),
  ]);
};

const everyServiceCanPark: Check = ({ map, topology, shards }) =>
  Object.keys(map).flatMap((service) =>
    queuesNamed({ shards }, service).flatMap((queue) => {
      const args = topology.queues.find(({ name }) => name === queue)?.arguments ?? {};
      const parks =
        args['x-dead-letter-exchange'] === '' &&
        args['x-dead-letter-routing-key'] === deadQueueNamed(service) &&
        topology.queues.some(({ name }) => name === deadQueueNamed(service));
      return parks ? [] : [`${queue} does not dead-letter to ${deadQueueNamed(service)}`];
    }),
  );

/** Where a queue has shards, everything on its way to them passes the exchange that tells them apart. */
const everySlotHasOneShard: Check = (wiring) =>
  Object.keys(wiring.map).flatMap((service) => {
    const queues = queuesNamed(wiring, service);
    if (queues.length === 1) return [];
    const bindings = wiring.topology.bindings.filter(({ queue }) => queues.includes(queue));
    const takers = (slot: string) => bindings.filter(({ headers }) => headers?.[SLOT_HEADER] === slot);
    const exchange = wiring.topology.exchanges.find(({ name }) => name === service);
    return [
      ...slots
        .filter((slot) => takers(slot).length !== 1)
        .map((slot) => `${takers(slot).length} shards of ${service} take the slot ${slot}`),
      ...(exchange?.type === 'headers' ? [] : [`${service} does not route by headers`]),
      ...bindings
        .filter(
          ({ exchange: from }) =>
            // What is tried again has the queue it came from as its key.
            ![service, `${service}.retry`, exchange?.arguments?.['alternate-exchange']].includes(from),
        )
        .map(({ queue, exchange: from }) => `${queue} takes every order of ${from}`),
      ...(boundQueues(wiring, exchange?.arguments?.['alternate-exchange'] ?? '').length === 1
        ? []
        : [`what has no slot is lost on its way to ${service}`]),
    ];
  });

/**
 * Without a key of its own, a delay queue returns each message to the queue that its own key names, by an exchange
 * that knows its service's queues and no others.
 */
const delayQueuesReturn: Check = (wiring) => {
  const { map, topology } = wiring;
  return Object.keys(map).flatMap((service) => {
    const back = `${service}.retry`;
    const own = queuesNamed(wiring, service);
    const reached = topology.bindings.filter(({ exchange }) => exchange === back);
    return [
      ...own
        .filter((name) => !reached.some(({ queue, routingKey }) => queue === name && routingKey === name))
        .map((name) => `${back} cannot bring anything back to ${name}`),
      ...reached
        .filter(({ queue }) => !own.includes(queue))
        .map(({ queue }) => `${back} brings something to ${queue}`),
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

const everyQueueHasItsFunction: Check = ({ map, topology, serverless, shards }) => {
  const consumers = Object.values(serverless.functions).flatMap(({ handler, events }) =>
    events.flatMap(({ rabbitmq }) => (rabbitmq === undefined ? [] : [{ handler, queue: rabbitmq.queue }])),
  );
  return [
    ...Object.keys(map).flatMap((service) =>
      queuesNamed({ shards }, service).flatMap((name) => {
        const own = consumers.filter(({ queue }) => queue === name);
        return [
          ...(own.length === 1 ? [] : [`${own.length} functions consume the queue ${name}`]),
          ...own
            .filter(({ handler }) => !handler.startsWith(`functions/${service}/`))
            .map(({ handler }) => `${handler} consumes the queue ${name}`),
        ];
      }),
    ),
    ...consumers
      .filter(({ queue }) => !topology.queues.some(({ name }) => name === queue))
      .map(({ queue }) => `a function consumes ${queue}, which is not on the broker`),
  ];
};

/** Lambda splits a handler at the first dot of its last part. https://docs.aws.amazon.com/lambda/latest/dg/nodejs-handler.html */
const everyHandlerExists: Check = ({ serverless, sources }) =>
  Object.entries(serverless.functions).flatMap(([name, { handler }]) => {
    const [file = '', ...rest] = (handler.split('/').pop() ?? '').split('.');
    if (rest.length !== 1) return [`${name}: ${handler} has not exactly one dot`];
    const path = `${handler.split('/').slice(0, -1).join('/')}/${file}.ts`;
    const source = sources[path];
    if (source === undefined) return [`${name}: there is no ${path}`];
    return new RegExp(`^export (const|(async )?function) ${rest[0]}\\b`, 'm').test(source)
      ? []
      : [`${name}: ${path} exports no ${rest[0]}`];
  });

/** Locally a function sees `AWS_…` and what is declared, nothing else. */
const whatIsReadIsDeclared: Check = ({ map, serverless, sources }) => {
  const declared = Object.keys(serverless.provider.environment);
  return variablesOf({ map, sources })
    .filter(({ name }) => !declared.includes(name) && !name.startsWith('AWS_'))
    .map(({ name, path }) => `${path} reads ${name}, which is not declared`);
};

/** Every environment variable that what is deployed reads, and where. */
export const variablesOf = ({ map, sources }: Pick<Wiring, 'map' | 'sources'>) =>
  variablesIn(sources, Object.keys(map));

/** `required(name)` itself: the one place that may read a variable whose name it does not know. */
const READER = 'engine/environment/environment.ts';

function variablesIn(sources: Readonly<Record<string, string>>, services: readonly string[]) {
  return Object.entries(sources)
    .filter(([path]) => path !== READER)
    .flatMap(([path, source]) =>
      [
        ...source.matchAll(/process\.env(?:\.(\w+)|\[['"](\w+)['"]\])?|\brequired\((?:'(\w+)'|`([^`]*)`)?/g),
      ].flatMap(([text, member, index, name = member ?? index, template]) => {
        if (name !== undefined) return [{ path, name }];
        if (template === undefined) return [{ path, name: `${text}… by a name that cannot be checked` }];
        return services.map((service) => ({
          path,
          name: template.replace(/\$\{[^}]*\}/, service.toUpperCase()),
        }));
      }),
    );
}

export const wiringChecks = {
  everyEventHasOnePublisher,
  everyStepAndCompensationIsHeard,
  whatIsConsumedArrives,
  failuresReachEverybody,
  nothingIsBoundInVain,
  everyFailureSaysWhoUndoesIt,
  whoeverUndoesHasAnAnswer,
  queuesLoseNothing,
  everyServiceCanPark,
  everySlotHasOneShard,
  delayQueuesReturn,
  everyQueueHasItsFunction,
  everyHandlerExists,
  whatIsReadIsDeclared,
} satisfies Record<string, Check>;
