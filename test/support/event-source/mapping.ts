import type { Mapping } from '../../../infra/local/rabbitmq-event-source/settings.ts';

/** A mapping without a window and with the smallest batches. */
export const anyMapping: Mapping = {
  functionName: 'any',
  functionTimeoutSeconds: 6,
  eventSourceArn: 'arn',
  queue: 'test',
  virtualHost: '/',
  enabled: true,
  batchSize: 1,
  batchingWindowMs: 0,
  concurrency: 1,
};
