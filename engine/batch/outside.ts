import type { AnyFact } from '../saga/declaration.ts';
import type { Answer, Call, ExternalCommand, ExternalState } from '../saga/external-state.ts';
import {
  type AnyOutside,
  type ExternalStep,
  Impasse,
  type Observable,
  type Outside,
  Pending,
  type Preparing,
  type Recalling,
} from '../saga/external-step.ts';
import type { SagaId } from '../saga/ids.ts';
import type { Participant } from './participant.ts';

/** A participant whose step asks the outside. */
export interface ExternalParticipant
  extends Participant<ExternalState, AnyFact | Answer | ExternalCommand, Call> {
  readonly step: ExternalStep;
}

/**
 * Makes a participant of its step. If the outside throws, its answer is unknown. One that can recall what it holds is asked for
 * that: its step's table was restored.
 */
export function externalParticipant<O extends AnyOutside>(
  step: ExternalStep<O>,
  outside: O,
): ExternalParticipant {
  const { saga, service, table, decide, decideRecalling, opens, names } = step;
  // The machine passes data of the shapes that the step's schemas describe.
  const asked = outside as Outside<object, object, object, object, object, object, object, object> &
    Partial<Preparing<object, object, object> & Observable<object, object> & Recalling<object, object>>;
  const { answers } = names;
  const pending = ({ reason }: Pending): Answer => ({ type: answers.pending, answer: { reason } });
  return {
    step,
    saga,
    service,
    table,
    decide: asked.recall === undefined ? decide : decideRecalling,
    ...(opens === undefined ? {} : { opens }),
    perform: async (sagaId: SagaId, call: Call): Promise<Answer> => {
      if (call.call === 'prepare') {
        if (asked.prepare === undefined) throw new Error(`${service} has an outside that prepares nothing`);
        const { heard } = call;
        const answer = await asked.prepare(sagaId, call.request);
        return 'prepared' in answer
          ? { type: answers.prepared, answer: { ...answer.prepared }, heard }
          : { type: answers.refused, answer: { ...answer.refused }, heard };
      }
      if (call.call === 'observe') {
        if (asked.observe === undefined) throw new Error(`${service} has an outside that observes nothing`);
        return { type: answers.observed, answer: { ...(await asked.observe(sagaId, call.done)) } };
      }
      if (call.call === 'recall') {
        if (asked.recall === undefined) throw new Error(`${service} has an outside that recalls nothing`);
        const { fact, unwanted, done } = call;
        const { held = {}, refusal } =
          (await asked.recall(sagaId, { unwanted, ...(done === undefined ? {} : { done }) })) ?? {};
        const refused = refusal === undefined ? {} : { refusal: { ...refusal } };
        return { type: answers.recalled, answer: { ...held }, fact, ...refused };
      }
      if (call.call === 'undo') {
        const look = call.isLook ? ({ isLook: true } as const) : {};
        const undone = await asked.undo(sagaId, call.done, call.again);
        if (undone instanceof Pending) return { ...pending(undone), ...look };
        if (undone instanceof Impasse)
          return { type: answers.impasse, answer: { ...(undone.reason as object) }, ...look };
        return { type: answers.undone, answer: { ...undone }, ...look };
      }
      const answer = await asked.call(sagaId, call.request, call.again, call.unwanted === true);
      if (answer instanceof Pending) return pending(answer);
      if ('waits' in answer) {
        const { waits, action } = answer;
        return { type: answers.waits, answer: { ...waits }, action: { ...action } };
      }
      if ('revoked' in answer) {
        const { revoked, refusal } = answer;
        return { type: answers.revoked, answer: { ...revoked }, refusal: { ...refusal } };
      }
      return 'done' in answer
        ? { type: answers.done, answer: { ...answer.done } }
        : { type: answers.refused, answer: { ...answer.refused } };
    },
  };
}
