import { log, logAbout } from '../environment/log.ts';
import { traceIdIn } from '../saga/envelope.ts';
import type { Saga } from '../saga/saga.ts';
import { type HttpFunction, traceparentOf } from './http.ts';

/** The function, whose lines are about the request, its trace, and the saga in its path. */
export const loggedEndpoint =
  ({ id }: Saga, answer: HttpFunction): HttpFunction =>
  (event, context) => {
    // What no gateway sends, an invocation by hand may.
    if (typeof event !== 'object' || event === null) return answer(event, context);
    const about = {
      // The id in the API's access log.
      requestId: event.requestContext?.requestId,
      traceId: traceIdIn(traceparentOf(event)),
      [id.name]: id.schema.safeParse(event.pathParameters?.[id.name]).data,
    };
    return logAbout(about, async () => {
      const beganMs = performance.now();
      const reply = await answer(event, context);
      const { httpMethod: method, resource: route } = event;
      const ms = Math.round(performance.now() - beganMs);
      log('debug', 'request answered', { method, route, status: reply.statusCode, ms });
      return reply;
    });
  };
