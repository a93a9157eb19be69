import type { Backlog, Edges } from './batch/edges.ts';
import { type DeadLetterCount, deadLettersOn } from './dead-letters/count-dead-letters.ts';
import { type DeadLetterQueues, RabbitDeadLetterQueues } from './dead-letters/dead-letter-queues.ts';
import { liveTable } from './live-table.ts';
import { backlogOn } from './rabbitmq/backlog.ts';
import { brokerUrlOf, brokerUserOf, forgetBrokerCredentials } from './rabbitmq/broker-access.ts';
import { PATIENT, type Patience, RabbitPublisher } from './rabbitmq/publisher.ts';
import { DEFAULT_RETRY_DELAYS, parseRetryDelays, type RetryDelay } from './saga/routes.ts';
import type { Saga } from './saga/saga.ts';

/** A service of a saga: whose table, queue and broker user are meant. */
interface Place {
  readonly saga: Saga;
  readonly service: string;
}

const publishers = new Map<string, RabbitPublisher>();

/**
 * The real outside of a function. Clients are made at the first use and kept for the life of the Lambda
 * environment: one connection each, however many handlers and invocations share it.
 */
export function liveEdges(place: Place, patience: Patience = PATIENT): Edges {
  const table = liveTable(place);
  return {
    get store() {
      return table.store;
    },
    get publisher() {
      return publisherOf(place, patience);
    },
    now: table.now,
    userOf: brokerUserOf,
  };
}

/** On the connection that `liveEdges` publishes with, if it is as patient. */
export const liveBacklog = (place: Place, patience: Patience): Backlog =>
  backlogOn(place.saga, publisherOf(place, patience));

/** On the same connection as well. */
export const liveDeadLetterQueues = (place: Place, patience: Patience): DeadLetterQueues =>
  new RabbitDeadLetterQueues(publisherOf(place, patience), brokerUserOf);

export const liveDeadLetterCount = (place: Place, patience: Patience): DeadLetterCount =>
  deadLettersOn(place.service, publisherOf(place, patience), liveDeadLetterQueues(place, patience));

function publisherOf({ saga, service }: Place, patience: Patience): RabbitPublisher {
  const name = `${saga.name} ${service}`;
  const key = `${name} ${patience.offers}`;
  const url = () => brokerUrlOf(service);
  const publisher =
    publishers.get(key) ?? new RabbitPublisher({ url, name, patience, onRefused: forgetBrokerCredentials });
  publishers.set(key, publisher);
  return publisher;
}

export const retryDelays = (): readonly RetryDelay[] =>
  parseRetryDelays(process.env.RETRY_DELAYS || DEFAULT_RETRY_DELAYS);
