import { ATTEMPTS_HEADER, ORIGIN_HEADER } from '../../engine/consumer/rabbitmq-event.ts';
import { CONTENT_TYPE, envelopeOf, seal } from '../../engine/saga/envelope.ts';
import {
  DEFAULT_RETRY_DELAYS,
  deadQueueOf,
  exchangeOf,
  FAILURES_EXCHANGE,
  parseRetryDelays,
  queueOf,
  returnExchangeOf,
} from '../../engine/saga/routes.ts';
import { SLOT_HEADER } from '../../engine/saga/slots.ts';
import type { DeclaredSaga } from '../application.ts';
import { type Exchange, type Topology, topologyOf } from '../broker/topology.ts';
import { exampleOf } from '../functions/payloads.ts';
import { Schemas } from './schemas.ts';

const retryDelays = parseRetryDelays(DEFAULT_RETRY_DELAYS);

/** A reference to a component, or to the part of a channel. */
const at = (...steps: readonly string[]) => ({
  $ref: `#/${steps.map((step) => step.replaceAll('/', '~1')).join('/')}`,
});

/**
 * The AsyncAPI 3 document of a saga: every event, who says it and who hears of it, and the queues on the way. With the default
 * settings, that is one queue for each service. https://www.asyncapi.com/docs/reference/specification/v3.1.0
 */
export function asyncapiOf(saga: DeclaredSaga, title: string, version: string) {
  const { eventTypes, services } = saga;
  const topology = topologyOf(saga, retryDelays);
  const schemas = new Schemas(
    Object.fromEntries(eventTypes.map((type) => [type, saga.events[type]?.schema ?? envelopeOf(saga)])),
    'input',
    'draft-07',
  );
  return {
    asyncapi: '3.1.0',
    info: {
      title,
      version,
      description: `The events of a choreography saga: its participants (${services.join(', ')}) share no database and talk by these alone. Every event may come twice, late or out of order. \`x-data\` says which members are personal data, or lead to them.`,
      license: { name: 'MIT' },
    },
    defaultContentType: CONTENT_TYPE,
    servers: serversOf(),
    channels: {
      ...exchangeChannels(saga, topology),
      ...Object.assign({}, ...services.map((service) => queueChannels(saga, service, topology))),
    },
    operations: Object.assign({}, ...services.map((service) => operationsOf(saga, service))),
    components: {
      messages: Object.fromEntries(eventTypes.map((type) => [type, messageOf(saga, type)])),
      schemas: { envelope: schemas.of(envelopeOf(saga)), ...schemas.components() },
      securitySchemes: { user: { type: 'userPassword', description: 'A user for each service.' } },
    },
  };
}

const serversOf = () => ({
  local: { host: '127.0.0.1:3030', protocol: 'amqp', protocolVersion: '0-9-1', description: 'npm start' },
  aws: {
    host: '{broker}:5671',
    protocol: 'amqps',
    protocolVersion: '0-9-1',
    description: 'Amazon MQ for RabbitMQ',
    variables: { broker: { description: 'The host that Amazon MQ gives the broker.' } },
    security: [at('components', 'securitySchemes', 'user')],
  },
});

const messagesOf = (types: readonly string[]) =>
  Object.fromEntries(types.map((type) => [type, at('components', 'messages', type)]));

/** Where events are published: a channel for each routing key, and one for all failures, which go to everybody. */
function exchangeChannels(saga: DeclaredSaga, { exchanges }: Topology): Record<string, object> {
  const binding = (type: string) => exchangeBinding(exchanges, exchangeOf(saga, type));
  const failures = saga.eventTypes.filter((type) => saga.kindOf(type) === 'failure');
  const others = saga.eventTypes.filter((type) => saga.kindOf(type) !== 'failure');
  return {
    ...Object.fromEntries(
      others.map((type) => [
        type,
        {
          address: type,
          title: `${exchangeOf(saga, type)}, ${type}`,
          messages: messagesOf([type]),
          bindings: { amqp: { is: 'routingKey', exchange: binding(type), bindingVersion: '0.3.0' } },
        },
      ]),
    ),
    [FAILURES_EXCHANGE]: {
      address: FAILURES_EXCHANGE,
      description: 'A fanout exchange, which passes over the routing key.',
      messages: messagesOf(failures),
      bindings: {
        amqp: {
          is: 'routingKey',
          exchange: exchangeBinding(exchanges, FAILURES_EXCHANGE),
          bindingVersion: '0.3.0',
        },
      },
    },
  };
}

function exchangeBinding(exchanges: readonly Exchange[], name: string) {
  const { type } = exchanges.find((each) => each.name === name) ?? {};
  return { name, type, durable: true, autoDelete: false, vhost: '/' };
}

/** What a service's queue is sent: what it consumes, and failures of all, its own too. */
const heardBy = (saga: DeclaredSaga, service: string): readonly string[] => {
  const subscribed = saga.subscriptionsOf(service);
  return saga.eventTypes.filter(
    (type) => subscribed.includes(type) || (saga.takesPart(service) && saga.kindOf(type) === 'failure'),
  );
};

/** A service's queue, its delays and its dead letters. */
function queueChannels(saga: DeclaredSaga, service: string, topology: Topology): Record<string, object> {
  const messages = messagesOf(heardBy(saga, service));
  const channel = (address: string, description: string, name = address) => ({
    address,
    description,
    messages,
    bindings: {
      amqp: {
        is: 'queue',
        queue: { name: address, durable: true, exclusive: false, autoDelete: false, vhost: '/' },
        bindingVersion: '0.3.0',
      },
    },
    'x-arguments': topology.queues.find((queue) => queue.name === name)?.arguments,
    'x-bindings': topology.bindings
      .filter((binding) => binding.queue === name)
      .map(({ exchange, routingKey }) => ({ exchange, routingKey })),
  });
  const queue = queueOf(service);
  const dead = deadQueueOf(service);
  const delay = `${returnExchangeOf(service)}.{delay}`;
  const [first] = retryDelays;
  return {
    [queue]: channel(queue, `What ${service} has to work on.`),
    [delay]: {
      ...channel(
        delay,
        `What failed for a reason that may pass waits here, and comes back to ${service}.`,
        delay.replace('{delay}', first?.name ?? ''),
      ),
      parameters: { delay: { enum: retryDelays.map(({ name }) => name), description: 'How long it waits.' } },
    },
    [dead]: channel(dead, `What ${service} could not handle, until somebody redrives or discards it.`),
  };
}

/** What a service sends and receives. */
function operationsOf(saga: DeclaredSaga, service: string): Record<string, object> {
  const heard = heardBy(saga, service);
  const said = Object.keys(saga.partOf(service).says).map((type) => {
    const channel = saga.kindOf(type) === 'failure' ? FAILURES_EXCHANGE : type;
    return [`${service}.says.${type}`, operation('send', channel, [type], summaryOf(saga, type))] as const;
  });
  const dead = deadQueueOf(service);
  return {
    ...Object.fromEntries(said),
    [`${service}.hears`]: operation('receive', queueOf(service), heard, `${service} acts, or undoes.`),
    [`${service}.retries`]: operation(
      'send',
      `${returnExchangeOf(service)}.{delay}`,
      heard,
      `${service} puts off what it cannot do now.`,
    ),
    [`${service}.gives-up`]: operation('send', dead, heard, `${service} cannot handle it.`),
    [`${service}.looks-at-dead-letters`]: operation(
      'receive',
      dead,
      heard,
      'Staff look, redrive or discard.',
    ),
  };
}

const operation = (action: string, channel: string, types: readonly string[], summary: string) => ({
  action,
  summary,
  channel: at('channels', channel),
  messages: types.map((type) => at('channels', channel, 'messages', type)),
});

const summaryOf = (saga: DeclaredSaga, type: string): string => {
  const who = saga.services.filter((service) => heardBy(saga, service).includes(type));
  return `A ${saga.kindOf(type)} of ${saga.publisherOf(type)}, heard by ${who.length === 0 ? 'nobody yet' : who.join(', ')}.`;
};

function messageOf(saga: DeclaredSaga, type: string) {
  const example = exampleOf(saga, type);
  const { source, dataschema } = seal(saga, { type, data: {} }, { sagaId: example.subject, nowMs: 0 });
  return {
    name: type,
    title: type,
    summary: summaryOf(saga, type),
    contentType: CONTENT_TYPE,
    correlationId: { location: '$message.payload#/subject', description: 'The saga.' },
    headers: {
      type: 'object',
      properties: {
        [SLOT_HEADER]: { type: 'string', description: 'Which of several queues of a service it goes to.' },
        [ATTEMPTS_HEADER]: { type: 'integer', description: 'How often it was tried before.' },
        [ORIGIN_HEADER]: { type: 'string', description: 'Who published it first, if it comes back.' },
      },
    },
    payload: {
      allOf: [
        at('components', 'schemas', 'envelope'),
        {
          type: 'object',
          properties: {
            type: { const: type },
            source: { const: source },
            dataschema: { const: dataschema },
            data: at('components', 'schemas', type),
          },
          required: ['data'],
        },
      ],
    },
    bindings: { amqp: { messageType: type, bindingVersion: '0.3.0' } },
    examples: [{ name: type, payload: example }],
  };
}
