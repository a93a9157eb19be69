/**
 * After a restore the outside may know more of a saga than the record of its step: the record is older, or gone. Such a
 * step asks the outside what it holds before it begins anew, before it says that nothing was done, and before it says
 * again that it is done.
 *
 *   (nothing) ── all it consumes, and it is held ──▶ ASKING (again)
 *   (nothing) ── undo, and it is held ─────────────▶ UNDOING (again)
 *   DONE ─────── all it consumes, and it is undone ▶ UNDOING (with its refusal, as which it ends)
 *
 * Whatever else comes is decided as ever: `external-decision.ts`.
 */
import type { Decision } from './decision.ts';
import type { AnyFact } from './declaration.ts';
import { StepFacts } from './external-facts.ts';
import type { Answer, Call, ExternalCommand, ExternalState, ExternalUse, Members } from './external-state.ts';
import { Undo } from './external-undo.ts';
import type { Saga } from './saga.ts';

type ExternalDecision = Decision<ExternalState, Call>;
type Input = AnyFact | Answer | ExternalCommand;
type Decide = (state: ExternalState | undefined, input: Input) => ExternalDecision;

/** What a decision is about to do without having asked the outside. */
type Unsure = 'begins' | 'voids' | 'repeats';

/** The decision of a step whose table was restored. `decide`: what it would decide otherwise. */
export function recallingDecision(saga: Saga, step: ExternalUse, decide: Decide): Decide {
  const { names } = step;
  const facts = new StepFacts(saga, step);
  const undo = new Undo(saga, step, facts);

  const unsure = (
    state: ExternalState | undefined,
    fact: AnyFact,
    usual: ExternalDecision,
  ): Unsure | undefined => {
    if (usual.kind === 'resume' && usual.effect.call === 'prepare') return 'begins';
    if (usual.kind === 'accept' && usual.state.status === names.void) return 'voids';
    const isSaidAgain = usual.kind === 'repeat' && state?.status === names.done;
    return isSaidAgain && facts.consumes.includes(fact.type) ? 'repeats' : undefined;
  };

  const recalled = (
    state: ExternalState | undefined,
    fact: AnyFact,
    { answer: held, refusal }: Answer,
  ): ExternalDecision => {
    const usual = decide(state, fact);
    const isHeld = Object.keys(held).length > 0;
    const about = unsure(state, fact, usual);
    if (about === 'begins' && isHeld && usual.kind === 'resume' && usual.effect.call === 'prepare')
      return goOnWith(
        { ...facts.ownerIn(facts.toldBy(usual.effect.heard)) },
        { ...usual.effect.request, ...held },
      );
    if (about === 'voids' && isHeld)
      return undo.start({ ...facts.ownerIn(fact.data), status: names.done, ...held }, true);
    if (about !== 'repeats' || state === undefined || refusal === undefined) return becauseOf(fact, usual);
    // Checks that it can be said once all is undone.
    facts.said(facts.refused, state, refusal);
    return undo.start({ ...state, refusal }, true);
  };

  const goOnWith = (owner: Members, request: Members): ExternalDecision => ({
    kind: 'accept',
    state: { ...owner, status: names.asking, ...request },
    says: [],
    effect: { call: 'ask', request: facts.asked(request), again: true },
  });

  return (state, input) => {
    if ('answer' in input && input.fact !== undefined) return recalled(state, input.fact, input);
    const usual = decide(state, input);
    if (!('data' in input)) return usual;
    const about = unsure(state, input, usual);
    if (about === undefined) return usual;
    const done = about === 'repeats' && state !== undefined ? { done: doneIn(state) } : {};
    return { kind: 'resume', effect: { call: 'recall', fact: input, unwanted: about === 'voids', ...done } };
  };
}

/** It holds nothing that changes the decision: the record says what it would say if nobody had asked. */
const becauseOf = ({ type }: AnyFact, usual: ExternalDecision): ExternalDecision =>
  usual.kind === 'accept' ? { ...usual, because: type } : usual;

const doneIn = ({ status: _, observed: __, ...done }: ExternalState): Members => done;
