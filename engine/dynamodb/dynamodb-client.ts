import { DynamoDBClient, type DynamoDBClientConfig } from '@aws-sdk/client-dynamodb';
import { limitAttempts } from '../environment/limit-attempts.ts';

/** Two attempts and the pause between them end within five seconds. An answer usually takes a few milliseconds. */
const ATTEMPTS = 2;
const REQUEST_TIMEOUT_MS = 2_000;
/** From the request to the last byte of the answer. */
const ATTEMPT_TIMEOUT_MS = 2_200;
const CONNECTION_TIMEOUT_MS = 1_000;

/** Half of the SDK's work for a call: a copy for a log that is off, and headers that DynamoDB ignores. */
const unneeded = ['loggerMiddleware', 'getUserAgentMiddleware', 'recursionDetectionMiddleware'];

/** Endpoint, region and credentials come from the environment unless `config` gives them. */
export function dynamoDbClient(config: DynamoDBClientConfig = {}): DynamoDBClient {
  const client = new DynamoDBClient({
    maxAttempts: ATTEMPTS,
    requestHandler: {
      requestTimeout: REQUEST_TIMEOUT_MS,
      connectionTimeout: CONNECTION_TIMEOUT_MS,
      // Otherwise the SDK only warns, and waits for ever for a server that accepts connections and says nothing.
      throwOnRequestTimeout: true,
    },
    cacheMiddleware: true,
    ...config,
  });
  limitAttempts(client, ATTEMPT_TIMEOUT_MS);
  for (const name of unneeded) client.middlewareStack.remove(name);
  return client;
}
