import { SpanKind } from '@opentelemetry/api';
import type { Publisher } from '../batch/edges.ts';
import { traceparentIn } from '../saga/envelope.ts';
import { beginSpan, failSpan } from './spans.ts';
import { isTracing } from './tracing.ts';

/** The publisher, with a span for each message that belongs to a trace: events, retries and dead letters. */
export function tracedPublisher(service: string, publisher: Publisher): Publisher {
  if (!isTracing) return publisher;
  return {
    publish: async (message) => {
      const { body, type, exchange, routingKey } = message;
      const parent = traceparentIn(typeof body === 'string' ? body : body.toString('latin1'));
      if (parent === undefined) return await publisher.publish(message);
      const attributes = {
        'messaging.system': 'rabbitmq',
        'messaging.destination.name': exchange,
        'messaging.rabbitmq.destination.routing_key': routingKey,
      };
      const span = beginSpan(service, `publish ${type}`, { parent, kind: SpanKind.PRODUCER, attributes });
      try {
        await publisher.publish(message);
      } catch (error) {
        failSpan(span, error);
        throw error;
      } finally {
        span.end();
      }
    },
  };
}
