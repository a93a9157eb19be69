import type { AnyFact, Declaration } from '../../engine/saga/declaration.ts';
import type { Saga } from '../../engine/saga/saga.ts';
import { samplesOf } from '../../infra/functions/sample.ts';

type Known = Saga & Pick<Declaration, 'events'>;

/** An event as its publisher might say it: its schema makes the data up. */
export function sampledFact({ events }: Known, type: string): AnyFact {
  const schema = events[type]?.schema;
  if (schema === undefined) throw new Error(`the saga has no event ${type}`);
  return { type, data: samplesOf(schema, type)[0] };
}

/** What the outside may answer so that the event can be said. Whose saga it is comes of the record. */
export function sampledAnswer(saga: Known, type: string): Readonly<Record<string, unknown>> {
  const { [saga.owner]: _, ...answer } = sampledFact(saga, type).data as Readonly<Record<string, unknown>>;
  return answer;
}
