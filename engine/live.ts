import type { Backlog, Edges } from './batch/edges.ts';
import { type DeadLetterCount, deadLettersOn } from './dead-letters/count-dead-letters.ts';
import { type DeadLetterQueues, RabbitDeadLetterQueues } from './dead-letters/dead-letter-queues.ts';
import { liveTable } from './live-table.ts';
import { backlogOn } from './rabbitmq/backlog.ts';
import {
  brokerAtStart,
  brokerUrlOf,
  brokerUserOf,
  forgetBrokerCredentials,
} from './rabbitmq/broker-access.ts';
import { PATIENT, type Patience, RabbitPublisher } from './rabbitmq/publisher.ts';
import { DEFAULT_RETRY_DELAYS, parseRetryDelays, type RetryDelay } from './saga/routes.ts';
import type { Saga } from './saga/saga.ts';
import { tracedPublisher } from './tracing/traced-publisher.ts';

/** A service of a saga. It has its own table, queue and broker user. */
interface Place {
  readonly saga: Saga;
  readonly service: string;
}

const publishers = new Map<string, RabbitPublisher>();

/**
 * The real edges of a function. Clients are made at the first use and kept for the life of the Lambda environment:
 * one connection each, shared by all handlers and invocations.
 */
export function liveEdges(place: Place, patience: Patience = PATIENT): Edges {
  const table = liveTable(place);
  brokerAtStart();
  return {
    get store() {
      return table.store;
    },
    get publisher() {
      return tracedPublisher(place.service, publisherOf(place, patience));
    },
    now: table.now,
    userOf: brokerUserOf,
  };
}

/** Shares the connection of `liveEdges` with the same patience. */
export const liveBacklog = (place: Place, patience: Patience): Backlog =>
  backlogOn(place.saga, publisherOf(place, patience));

/**
 * Over a connection of its own, on which nothing is published: a broker that is short of memory or disk blocks only those
 * that publish, so dead letters can be read all the same. https://www.rabbitmq.com/docs/alarms#client-connections
 */
export const liveDeadLetterQueues = (place: Place, patience: Patience): DeadLetterQueues =>
  new RabbitDeadLetterQueues(readerOf(place, patience), brokerUserOf);

/** Shares that connection. */
export const liveDeadLetterCount = (place: Place, patience: Patience): DeadLetterCount =>
  deadLettersOn(place.service, readerOf(place, patience), liveDeadLetterQueues(place, patience));

const readerOf = (place: Place, patience: Patience): RabbitPublisher =>
  publisherOf(place, patience, `${place.saga.name} ${place.service} reads`);

function publisherOf(
  { saga, service }: Place,
  patience: Patience,
  name = `${saga.name} ${service}`,
): RabbitPublisher {
  brokerAtStart();
  const key = `${name} ${patience.offers}`;
  const url = () => brokerUrlOf(service);
  const publisher =
    publishers.get(key) ?? new RabbitPublisher({ url, name, patience, onRefused: forgetBrokerCredentials });
  publishers.set(key, publisher);
  return publisher;
}

export const retryDelays = (): readonly RetryDelay[] =>
  parseRetryDelays(process.env.RETRY_DELAYS || DEFAULT_RETRY_DELAYS);
