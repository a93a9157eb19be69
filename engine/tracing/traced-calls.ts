import { SpanKind } from '@opentelemetry/api';
import type { Participant } from '../batch/participant.ts';
import { beginSpan, failSpan } from './spans.ts';
import { isTracing, tracingBegun } from './tracing.ts';

/** The participant, whose calls to the outside have a span each, in the trace of what they are made for. */
export function tracedCalls<
  State extends { readonly status: string },
  Input extends { readonly type: string },
  Effect,
>(participant: Participant<State, Input, Effect>): Participant<State, Input, Effect> {
  const { saga, service, perform } = participant;
  if (!isTracing || perform === undefined) return participant;
  return {
    ...participant,
    perform: async (sagaId, effect, traceparent) => {
      await tracingBegun();
      const span = beginSpan(service, `outside ${nameOf(effect)}`, {
        parent: traceparent,
        kind: SpanKind.CLIENT,
        attributes: { [saga.id.name]: sagaId },
      });
      try {
        const answer = await perform(sagaId, effect, traceparent);
        span.setAttribute('saga.answer', answer.type);
        return answer;
      } catch (error) {
        failSpan(span, error);
        throw error;
      } finally {
        span.end();
      }
    },
  };
}

/** Such as `prepare`, `call` or `undo`. */
const nameOf = (effect: unknown): string =>
  typeof effect === 'object' && effect !== null && 'call' in effect ? String(effect.call) : 'call';
