import { traceparentIn } from '../saga/envelope.ts';
import type { SagaRecord } from '../saga/table.ts';
import type { Work } from './participant.ts';

/**
 * The trace context of a piece of work: its own, or that of the events which its saga's record said last, or that of whoever
 * asked for it. What is not caused by an event (a deadline, a cancellation, a look at the outside) so stays in the trace of
 * its saga. Undefined if there is none.
 */
export const traceOf = (
  { traceparent, askedIn }: Pick<Work<unknown>, 'traceparent' | 'askedIn'>,
  record: Pick<SagaRecord<unknown>, 'outbox'> | undefined,
): string | undefined => {
  if (traceparent !== undefined) return traceparent;
  const [said] = record?.outbox ?? [];
  return (said === undefined ? undefined : traceparentIn(said)) ?? askedIn;
};
