import { SpanKind } from '@opentelemetry/api';
import type { Saga } from '../saga/saga.ts';
import { beginSpan, contextIn, failSpan } from '../tracing/spans.ts';
import { flushSpans, isTracing, tracingBegun } from '../tracing/tracing.ts';
import { continueIn, type HttpFunction, traceparentOf } from './http.ts';

/** The function, with a span for each request: in the caller's trace if it brought one, else a trace begins here. */
export function tracedEndpoint({ name }: Saga, answer: HttpFunction): HttpFunction {
  if (!isTracing) return answer;
  return async (event, context) => {
    // What no gateway sends, an invocation by hand may.
    if (typeof event !== 'object' || event === null) return await answer(event, context);
    await tracingBegun();
    const { httpMethod: method, resource: route } = event;
    const span = beginSpan(`${name}-api`, `${method} ${route}`, {
      parent: traceparentOf(event),
      kind: SpanKind.SERVER,
      attributes: { 'http.request.method': method, 'http.route': route },
    });
    continueIn(event, contextIn(span));
    try {
      const reply = await answer(event, context);
      span.setAttribute('http.response.status_code', reply.statusCode);
      if (reply.statusCode >= 500) failSpan(span, new Error('the request failed'));
      return reply;
    } catch (error) {
      failSpan(span, error);
      throw error;
    } finally {
      span.end();
      await flushSpans(context?.getRemainingTimeInMillis?.());
    }
  };
}
