import { SpanKind } from '@opentelemetry/api';
import { callName } from '../batch/call-name.ts';
import type { Participant } from '../batch/participant.ts';
import { log, logAbout } from '../environment/log.ts';
import { traceIdIn } from '../saga/envelope.ts';
import type { SagaId } from '../saga/ids.ts';
import { beginSpan, failSpan } from './spans.ts';
import { isTracing, tracingBegun } from './tracing.ts';

/**
 * The participant, whose calls to the outside are logged at debug, and have a span each where a collector is set. Whatever is
 * logged during a call is about its saga.
 */
export function watchedCalls<
  State extends { readonly status: string },
  Input extends { readonly type: string },
  Effect,
>(participant: Participant<State, Input, Effect>): Participant<State, Input, Effect> {
  const { saga, service, perform } = participant;
  if (perform === undefined) return participant;
  const call = async (sagaId: SagaId, effect: Effect, traceparent?: string): Promise<Input> => {
    const name = callName(effect);
    if (isTracing) await tracingBegun();
    const span = isTracing
      ? beginSpan(service, `outside ${name}`, {
          parent: traceparent,
          kind: SpanKind.CLIENT,
          attributes: { [saga.id.name]: sagaId },
        })
      : undefined;
    const beganMs = performance.now();
    const tell = (answer: string) =>
      log('debug', 'outside asked', { call: name, answer, ms: Math.round(performance.now() - beganMs) });
    try {
      const answer = await perform(sagaId, effect, traceparent);
      span?.setAttribute('saga.answer', answer.type);
      tell(answer.type);
      return answer;
    } catch (error) {
      if (span !== undefined) failSpan(span, error);
      tell(error instanceof Error ? error.name : 'error');
      throw error;
    } finally {
      span?.end();
    }
  };
  return {
    ...participant,
    perform: (sagaId, effect, traceparent) =>
      logAbout({ service, [saga.id.name]: sagaId, traceId: traceIdIn(traceparent) }, () =>
        call(sagaId, effect, traceparent),
      ),
  };
}
