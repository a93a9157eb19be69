import type { Service } from '../saga/choreography.ts';
import { DEFAULT_RETRY_DELAYS, parseRetryDelays, type RetryDelay } from '../saga/routes.ts';
import { type Backlog, backlogOn } from './backlog.ts';
import { brokerUrlOf, brokerUserOf, forgetBrokerCredentials } from './broker-access.ts';
import { type ParkedCount, parkedOn } from './count-dead-letters.ts';
import { DynamoStore } from './dynamo-store.ts';
import { dynamoDbClient } from './dynamodb-client.ts';
import type { Edges } from './edges.ts';
import { required } from './environment.ts';
import { type Parking, RabbitParking } from './parking.ts';
import { PATIENT, type Patience, RabbitPublisher } from './publisher.ts';
import type { Store } from './store.ts';

const stores = new Map<Service, Store>();
const publishers = new Map<string, RabbitPublisher>();

/**
 * The real outside of a function. Clients are made at the first use and kept for the life of the Lambda
 * environment: one connection each, however many handlers and invocations share it.
 */
export const liveEdges = (service: Service, patience: Patience = PATIENT): Edges => ({
  get store() {
    return kept(
      stores,
      service,
      () => new DynamoStore(dynamoDbClient(), required(`${service.toUpperCase()}_TABLE`)),
    );
  },
  get publisher() {
    return publisherOf(service, patience);
  },
  now: Date.now,
  userOf: brokerUserOf,
});

/** On the connection that `liveEdges` publishes with, if it is as patient. */
export const liveBacklog = (service: Service, patience: Patience): Backlog =>
  backlogOn(publisherOf(service, patience));

/** On the same connection as well. */
export const liveParking = (service: Service, patience: Patience): Parking =>
  new RabbitParking(publisherOf(service, patience), brokerUserOf);

export const liveParkedCount = (service: Service, patience: Patience): ParkedCount =>
  parkedOn(service, publisherOf(service, patience), liveParking(service, patience));

function publisherOf(service: Service, patience: Patience): RabbitPublisher {
  const url = () => brokerUrlOf(service);
  const name = `order-saga ${service}`;
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
