import type { Edges } from './batch/edges.ts';
import type { Store } from './batch/store.ts';
import { type ParkedCount, parkedOn } from './dead-letters/count-dead-letters.ts';
import { type Parking, RabbitParking } from './dead-letters/parking.ts';
import { DynamoStore } from './dynamodb/dynamo-store.ts';
import { dynamoDbClient } from './dynamodb/dynamodb-client.ts';
import { required } from './environment/environment.ts';
import { type Backlog, backlogOn } from './rabbitmq/backlog.ts';
import { brokerUrlOf, brokerUserOf, forgetBrokerCredentials } from './rabbitmq/broker-access.ts';
import { PATIENT, type Patience, RabbitPublisher } from './rabbitmq/publisher.ts';
import { constantCase } from './saga/names.ts';
import { DEFAULT_RETRY_DELAYS, parseRetryDelays, type RetryDelay } from './saga/routes.ts';
import type { Saga } from './saga/saga.ts';

/** A service of a saga: whose table, queue and broker user are meant. */
export interface Place {
  readonly saga: Saga;
  readonly service: string;
}

const stores = new Map<string, Store>();
const publishers = new Map<string, RabbitPublisher>();

/** The variable that names a service's table. */
export const tableVariableOf = (service: string): string => `${constantCase(service)}_TABLE`;

/**
 * The real outside of a function. Clients are made at the first use and kept for the life of the Lambda
 * environment: one connection each, however many handlers and invocations share it.
 */
export const liveEdges = ({ saga, service }: Place, patience: Patience = PATIENT): Edges => ({
  get store() {
    return kept(stores, service, () => new DynamoStore(dynamoDbClient(), required(tableVariableOf(service))));
  },
  get publisher() {
    return publisherOf({ saga, service }, patience);
  },
  now: Date.now,
  userOf: brokerUserOf,
});

/** On the connection that `liveEdges` publishes with, if it is as patient. */
export const liveBacklog = (place: Place, patience: Patience): Backlog =>
  backlogOn(place.saga, publisherOf(place, patience));

/** On the same connection as well. */
export const liveParking = (place: Place, patience: Patience): Parking =>
  new RabbitParking(publisherOf(place, patience), brokerUserOf);

export const liveParkedCount = (place: Place, patience: Patience): ParkedCount =>
  parkedOn(place.service, publisherOf(place, patience), liveParking(place, patience));

function publisherOf({ saga, service }: Place, patience: Patience): RabbitPublisher {
  const url = () => brokerUrlOf(service);
  const name = `${saga.name} ${service}`;
  const settings = { url, name, patience, onRefused: forgetBrokerCredentials };
  return kept(publishers, `${name} ${patience.offers}`, () => new RabbitPublisher(settings));
}

function kept<K, V>(all: Map<K, V>, key: K, make: () => V): V {
  const value = all.get(key) ?? make();
  all.set(key, value);
  return value;
}

export const retryDelays = (): readonly RetryDelay[] =>
  parseRetryDelays(process.env.RETRY_DELAYS || DEFAULT_RETRY_DELAYS);
