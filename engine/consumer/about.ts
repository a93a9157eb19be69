import type { OutgoingMessage } from '../batch/messages.ts';
import { traceIdIn, traceparentIn } from '../saga/envelope.ts';
import type { Saga } from '../saga/saga.ts';

/** The saga and the trace of a message, for the log, as far as it says them: nobody may have been able to read it. */
export function aboutIn(
  saga: Saga,
  { messageId, body }: Pick<OutgoingMessage, 'messageId' | 'body'>,
): Readonly<Record<string, string | undefined>> {
  const [subject] = messageId.split(':');
  return {
    [saga.id.name]: saga.id.schema.safeParse(subject).data,
    traceId: traceIdIn(traceparentIn(typeof body === 'string' ? body : body.toString('latin1'))),
  };
}
