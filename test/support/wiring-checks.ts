import type { EventKind } from '../../functions/saga/choreography.ts';
import { deadQueueOf, EVENTS_EXCHANGE, FAILURES_EXCHANGE, queueOf } from '../../functions/saga/routes.ts';
import type { Wiring } from './wiring.ts';

/** What is wrong, one sentence each; empty when all is well. */
export type Check = (wiring: Wiring) => readonly string[];

const publications = ({ map }: Wiring) =>
  Object.entries(map).flatMap(([service, { publishes }]) =>
    (Object.entries(publishes) as [string, EventKind][]).map(([type, kind]) => ({ service, type, kind })),
  );

const ofKind = (wiring: Wiring, ...kinds: readonly EventKind[]) =>
  publications(wiring).filter(({ kind }) => kinds.includes(kind));

/** The main queue of a service, by the name that `functions/` publishes retries and redrives to. */
const queueNamed = (service: string) => queueOf(service as Parameters<typeof queueOf>[0]);
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

const boundQueues = ({ topology }: Wiring, exchange: string, routingKey?: string) =>
  topology.bindings
    .filter((binding) => binding.exchange === exchange)
    .filter((binding) => routingKey === undefined || binding.routingKey === routingKey)
    .map(({ queue }) => queue)
    .filter((queue) => topology.queues.some(({ name }) => name === queue));

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
      ...(boundQueues(wiring, EVENTS_EXCHANGE, type).includes(queueNamed(service))
        ? []
        : [`${type} does not reach ${service}`]),
    ]),
  );

const failuresReachEverybody: Check = (wiring) => [
  ...(wiring.topology.exchanges.some(({ name, type }) => name === FAILURES_EXCHANGE && type === 'fanout')
    ? []
    : [`${FAILURES_EXCHANGE} is no fanout exchange`]),
  ...Object.keys(wiring.map)
    .filter((service) => !boundQueues(wiring, FAILURES_EXCHANGE).includes(queueNamed(service)))
    .map((service) => `failures do not reach ${service}`),
];

const nothingIsBoundInVain: Check = ({ topology, types }) =>
  topology.bindings.flatMap(({ exchange, queue, routingKey }) => [
    ...(topology.exchanges.some(({ name }) => name === exchange) ? [] : [`no exchange ${exchange}`]),
    ...(topology.queues.some(({ name }) => name === queue) ? [] : [`no queue ${queue}`]),
    ...(exchange === EVENTS_EXCHANGE && !types.some((type) => type === routingKey)
      ? [`${queue} is bound to ${routingKey}, which nobody says`]
      : []),
  ]);

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

const everyServiceCanPark: Check = ({ map, topology }) =>
  Object.keys(map).flatMap((service) => {
    const args = topology.queues.find(({ name }) => name === queueNamed(service))?.arguments ?? {};
    const parks =
      args['x-dead-letter-exchange'] === '' &&
      args['x-dead-letter-routing-key'] === deadQueueNamed(service) &&
      topology.queues.some(({ name }) => name === deadQueueNamed(service));
    return parks ? [] : [`${queueNamed(service)} does not dead-letter to ${deadQueueNamed(service)}`];
  });

/** Without a key of its own, a delay queue returns each message to the queue that its own key names. */
const delayQueuesReturn: Check = ({ topology }) =>
  topology.queues
    .filter(({ arguments: args }) => 'x-message-ttl' in args)
    .flatMap(({ name, arguments: args }) => [
      ...(args['x-dead-letter-exchange'] === '' ? [] : [`${name} does not return to the default exchange`]),
      ...('x-dead-letter-routing-key' in args ? [`${name} returns everything to one queue`] : []),
      ...(topology.exchanges.some((exchange) => exchange.name === name && exchange.type === 'fanout')
        ? []
        : [`${name} has no fanout exchange, which takes every key`]),
      ...(topology.bindings.some(({ exchange, queue }) => exchange === name && queue === name)
        ? []
        : [`${name} is not bound`]),
    ]);

const everyQueueHasItsFunction: Check = ({ map, topology, serverless }) => {
  const consumers = Object.values(serverless.functions).flatMap(({ handler, events }) =>
    events.flatMap(({ rabbitmq }) => (rabbitmq === undefined ? [] : [{ handler, queue: rabbitmq.queue }])),
  );
  return [
    ...Object.keys(map).flatMap((service) => {
      const own = consumers.filter(({ queue }) => queue === queueNamed(service));
      return [
        ...(own.length === 1 ? [] : [`${own.length} functions consume the queue of ${service}`]),
        ...own
          .filter(({ handler }) => !handler.startsWith(`functions/${service}/`))
          .map(({ handler }) => `${handler} consumes the queue of ${service}`),
      ];
    }),
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
const READER = 'functions/runtime/environment.ts';

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
  delayQueuesReturn,
  everyQueueHasItsFunction,
  everyHandlerExists,
  whatIsReadIsDeclared,
} satisfies Record<string, Check>;
