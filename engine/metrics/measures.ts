import type { Work } from '../batch/participant.ts';
import type { Outcome } from '../batch/run.ts';
import { ENDS } from '../saga/initiator-table.ts';
import type { SagaRecord } from '../saga/table.ts';
import type { Measured, Metric } from './emf.ts';
import { durationOf, stepLatency } from './names.ts';

type AnyOutcome = Outcome<{ readonly status: string }>;

/** When a batch began and was settled, in milliseconds since 1970. */
export interface Span {
  readonly beganMs: number;
  readonly endedMs: number;
}

/**
 * How long the events of a batch took that led to a step. One that comes again leads to none: counted, it would look slow.
 * Copies share an outcome, and are one step.
 */
export function stepLatencies(
  works: readonly Work<{ readonly type: string }>[],
  outcomes: readonly AnyOutcome[],
  { beganMs, endedMs }: Span,
): Measured {
  const said = works.flatMap(({ input }, index) => {
    const outcome = outcomes[index];
    const isStep = outcome?.kind === 'done' && outcome.record.updatedAtMs >= beganMs;
    const isCopy = outcomes.indexOf(outcome as AnyOutcome) !== index;
    return isStep && !isCopy && 'time' in input ? [Date.parse(String(input.time))] : [];
  });
  return { ...stepLatency, values: said.map((ms) => Math.max(0, endedMs - ms)) };
}

/**
 * How long those sagas took that have ended in this batch of the initiator, by outcome: also where that could not be said yet,
 * for the message that comes again ends nothing.
 */
export function sagaDurations(outcomes: readonly AnyOutcome[], { beganMs }: Span): readonly Measured[] {
  const records = new Map(
    outcomes.flatMap(({ record }) => (record === undefined ? [] : [[record.sagaId, record] as const])),
  );
  return ENDS.map((status) => ({
    ...durationOf(status),
    values: [...records.values()].flatMap((record) => {
      const endedMs = endOf(record, status);
      return endedMs === undefined || endedMs < beganMs ? [] : [endedMs - beginOf(record)];
    }),
  }));
}

/** It may say its outcome again later, and the record changes with that. */
function endOf({ history }: SagaRecord<unknown>, end: string): number | undefined {
  const entry = history.find(({ status }) => status === end);
  return entry && Date.parse(entry.at);
}

const beginOf = ({ state }: SagaRecord<object>): number =>
  'createdAtMs' in state ? Number(state.createdAtMs) : Number.NaN;

/** Of what did not happen there is no value. */
export const count = (metric: Metric, number: number): Measured => ({
  ...metric,
  values: number > 0 ? [number] : [],
});
