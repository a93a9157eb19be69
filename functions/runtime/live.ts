import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { Service } from '../saga/choreography.ts';
import { DEFAULT_RETRY_DELAYS, parseRetryDelays, type RetryDelay } from '../saga/routes.ts';
import { DynamoStore } from './dynamo-store.ts';
import type { Edges } from './edges.ts';
import { required } from './environment.ts';
import { type Parking, RabbitParking } from './parking.ts';
import { HASTY, PATIENT, type Patience, RabbitPublisher } from './publisher.ts';
import type { Store } from './store.ts';

const REQUEST_TIMEOUT_MS = 3_000;
const CONNECTION_TIMEOUT_MS = 1_000;

let store: Store | undefined;
let publisher: RabbitPublisher | undefined;

/**
 * The real outside of a function. Clients are made at the first use and kept for the life of the Lambda
 * environment: one connection each, however many handlers and invocations share it.
 */
export const liveEdges = (service: Service, patience: Patience = PATIENT): Edges => ({
  get store() {
    store ??= new DynamoStore(
      new DynamoDBClient({
        maxAttempts: 3,
        requestHandler: { requestTimeout: REQUEST_TIMEOUT_MS, connectionTimeout: CONNECTION_TIMEOUT_MS },
      }),
      required(`${service.toUpperCase()}_TABLE`),
    );
    return store;
  },
  get publisher() {
    return publisherOf(service, patience);
  },
  now: Date.now,
});

function publisherOf(service: Service, patience: Patience): RabbitPublisher {
  publisher ??= new RabbitPublisher({
    url: () => Promise.resolve(required('RABBITMQ_URL')),
    name: `order-saga ${service}`,
    patience,
  });
  return publisher;
}

export const liveParking = (service: Service): Parking => new RabbitParking(publisherOf(service, HASTY));

export const retryDelays = (): readonly RetryDelay[] =>
  parseRetryDelays(process.env.RETRY_DELAYS || DEFAULT_RETRY_DELAYS);
