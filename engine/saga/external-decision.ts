/**
 *          all it consumes (prepared)     done
 *   (nothing) ────────────────▶ ASKING ──────────▶ DONE
 *     │   │                      │  └─ refused ──▶ REFUSED
 *     │   └─▶ WAITING            │ undo             │ undo (DONE)
 *     │       (for the rest)     ▼                  ▼
 *     │                     ABANDONING ── done ──▶ UNDOING ── undone ──▶ UNDONE
 *     │                          └────── refused ▶ VOID
 *     └── undo (before the step: a tombstone) ───────▲
 *
 *   ASKING ── waits ──▶ AWAITING (then as ASKING: somebody has to act before the outside can answer)
 *   ASKING ── revoked ──▶ UNDOING (with its refusal, as which it ends)
 *
 * What else may come after DONE: `external-undo.ts`.
 *
 * ASKING, ABANDONING and UNDOING are intents: the outside is called after they are written, with the saga's id as the
 * idempotency key, and called again until its answer is known. A timeout is not a refusal. If the call has to be
 * prepared, that comes before ASKING is written, which then holds what the call is made with.
 */

import { type Decision, ignore, refuse, repeat } from './decision.ts';
import type { AnyFact } from './declaration.ts';
import { explain } from './explain.ts';
import { isSame, readable, StepFacts } from './external-facts.ts';
import type {
  Answer,
  Call,
  ExternalCommand,
  ExternalState,
  ExternalUse,
  Members,
  Names,
} from './external-state.ts';
import { Undo } from './external-undo.ts';
import { andHeard, type Heard } from './heard.ts';
import type { Saga } from './saga.ts';

type ExternalDecision = Decision<ExternalState, Call>;
type Input = AnyFact | Answer | ExternalCommand;

/** The decision of a step that asks the outside. It is total: it answers every input in every state. */
export function externalDecision(
  saga: Saga,
  step: ExternalUse,
): (state: ExternalState | undefined, input: Input) => ExternalDecision {
  const machine = new Machine(saga, step);
  return (state, input) => machine.decide(state, input);
}

class Machine {
  readonly #saga: Saga;
  readonly #step: ExternalUse;
  readonly #names: Names;
  readonly #facts: StepFacts;
  readonly #undo: Undo;

  constructor(saga: Saga, step: ExternalUse) {
    this.#saga = saga;
    this.#step = step;
    this.#names = step.names;
    this.#facts = new StepFacts(saga, step);
    this.#undo = new Undo(saga, step, this.#facts);
  }

  decide(state: ExternalState | undefined, input: Input): ExternalDecision {
    if ('answer' in input) return this.#answered(state, input);
    if (isCommand(input))
      return input.type === 'look'
        ? this.#look(state, input.at)
        : this.#undo.resolve(state, input.resolution);
    if (this.#facts.consumes.includes(input.type)) return this.#hear(state, input);
    return this.#other(state, input);
  }

  #answered(state: ExternalState | undefined, input: Answer): ExternalDecision {
    const { answers } = this.#names;
    switch (input.type) {
      case answers.prepared:
        return this.#prepared(state, input);
      case answers.pending:
        return this.#undo.answeredPending(state, input);
      case answers.waits:
        return this.#answeredWaits(state, input);
      case answers.revoked:
        return this.#answeredRevoked(state, input);
      case answers.done:
        return this.#answeredDone(state, input.answer);
      case answers.refused:
        return input.heard === undefined
          ? this.#undo.answeredRefused(state, input.answer)
          : this.#refusedToPrepare(state, input.heard, input.answer);
      case answers.undone:
        return this.#undo.answeredUndone(state, input);
      case answers.impasse:
        return this.#undo.answeredImpasse(state, input);
      case answers.observed:
        return this.#observed(state, input.answer);
      default:
        return refuse(`the outside answered ${input.type}`);
    }
  }

  #other(state: ExternalState | undefined, { type, data }: AnyFact): ExternalDecision {
    const { service } = this.#step;
    if (this.#saga.kindOf(type) !== 'failure') return refuse(`${type} is not for ${service}`);
    if (!this.#saga.compensatorsOf(type).includes(service)) return ignore(`${type} leaves nothing to undo`);
    // Otherwise two participants that failed side by side would answer each other for ever.
    const isOwn = this.#saga.publisherOf(type) === this.#saga.initiator;
    if (state?.status === this.#names.refused && !isOwn) return ignore('its own failure is said already');
    return this.#failed(state, this.#facts.ownerIn(data));
  }

  /** Asks as soon as all its events are heard. */
  #hear(state: ExternalState | undefined, fact: AnyFact): ExternalDecision {
    if (state === undefined || state.status === this.#names.waiting) return this.#gather(state, fact);
    return this.#hearAgain(state);
  }

  #hearAgain(state: ExternalState): ExternalDecision {
    const is = this.#names;
    switch (state.status) {
      case is.asking:
      case is.awaiting:
        return { kind: 'resume', effect: this.#askCall(state, true) };
      case is.undoing:
        // No failure comes that would resume it: its own is said once it is undone.
        return 'refusal' in state ? this.#undo.again(state) : ignore('it is being undone');
      case is.abandoning:
        return ignore('it is being undone');
      default:
        return this.#repeatIfEnded(state);
    }
  }

  /** Keeps the events that have come while others are missing. */
  #gather(state: ExternalState | undefined, fact: AnyFact): ExternalDecision {
    const before = (state?.heard ?? {}) as Heard;
    if (fact.type in before) return ignore(`${fact.type} was heard before`);
    const heard = andHeard(this.#saga, before, fact);
    if (this.#facts.isAllHeard(heard)) return this.#ask(heard);
    return {
      kind: 'accept',
      state: { ...this.#facts.ownerIn(this.#facts.toldBy(heard)), status: this.#names.waiting, heard },
      says: [],
    };
  }

  #ask(heard: Heard): ExternalDecision {
    const request = this.#facts.requestOf(heard);
    if (!request.success) return refuse(`it cannot be asked for: ${explain(request.error)}`);
    if (this.#step.prepares !== undefined)
      return { kind: 'resume', effect: { call: 'prepare', request: request.data, heard } };
    return this.#intend(heard, request.data);
  }

  /** Writes the intent with what was prepared, unless the saga has gone on meanwhile. */
  #prepared(state: ExternalState | undefined, { answer, heard = {} }: Answer): ExternalDecision {
    if (state !== undefined && state.status !== this.#names.waiting) return this.#hearAgain(state);
    const prepared = this.#step.prepares?.parse(answer);
    return this.#intend(heard, { ...this.#facts.requestOf(heard).data, ...prepared });
  }

  /** Nothing was asked yet, unless another delivery of the same event has gone on meanwhile. */
  #refusedToPrepare(state: ExternalState | undefined, heard: Heard, answer: Members): ExternalDecision {
    if (state !== undefined && state.status !== this.#names.waiting) return this.#hearAgain(state);
    const request = {
      ...this.#facts.ownerIn(this.#facts.toldBy(heard)),
      ...this.#facts.requestOf(heard).data,
    };
    return this.#undo.answeredRefused({ ...request, status: this.#names.asking }, answer);
  }

  #intend(heard: Heard, request: Members): ExternalDecision {
    const state = {
      ...this.#facts.ownerIn(this.#facts.toldBy(heard)),
      status: this.#names.asking,
      ...request,
    };
    return { kind: 'accept', state, says: [], effect: this.#askCall(state, false) };
  }

  /** Somebody has failed, so nothing may be held. */
  #failed(state: ExternalState | undefined, owner: Members): ExternalDecision {
    const is = this.#names;
    if (state === undefined || state.status === is.waiting) return this.#undo.void(owner);
    switch (state.status) {
      case is.asking:
      case is.awaiting: {
        const { action: _, ...asked } = state;
        const next = { ...asked, status: is.abandoning };
        return { kind: 'accept', state: next, says: [], effect: this.#askCall(next, true) };
      }
      case is.abandoning:
        return { kind: 'resume', effect: this.#askCall(state, true) };
      case is.done:
        return this.#undo.start(state);
      case is.undoing:
        return this.#undo.again(state);
      default:
        // The refusal already says that nothing is held, and why.
        return this.#repeatIfEnded(state);
    }
  }

  #answeredDone(state: ExternalState | undefined, answer: Members): ExternalDecision {
    const is = this.#names;
    switch (state?.status) {
      case is.asking:
      case is.awaiting: {
        const done = { ...this.#facts.kept(state), ...answer };
        return {
          kind: 'accept',
          state: { ...this.#facts.ownerIn(state), status: is.done, ...done },
          says: this.#facts.said(this.#facts.done, state, done),
        };
      }
      case is.abandoning: {
        const done = { ...this.#facts.kept(state), ...answer };
        this.#facts.said(this.#facts.done, state, done);
        return this.#undo.start({ ...this.#facts.ownerIn(state), status: is.done, ...done });
      }
      case is.done:
      case is.undone:
      case is.resolved:
        return repeat;
      // Another invocation began the undo and may have died. Resume it: the failure is answered only after the undo.
      case is.undoing:
        return this.#undo.again(state);
      case is.void:
        // It was left as it is, and forgotten.
        if (this.#facts.voided === undefined) return ignore('nobody waits for it any more');
        return refuse(`the outside did a step that is ${is.void}`);
      default:
        return refuse(`the outside did a step that is ${state?.status ?? 'not begun'}`);
    }
  }

  /** It is undone like any other, and then refused. Where it is being undone anyway, that is all. */
  #answeredRevoked(
    state: ExternalState | undefined,
    { answer: done, refusal = {} }: Answer,
  ): ExternalDecision {
    // Another invocation has heard the same, and undone it.
    if (state?.status === this.#names.refused) return repeat;
    const { asking, awaiting } = this.#names;
    if (state?.status !== asking && state?.status !== awaiting) return this.#answeredDone(state, done);
    this.#facts.said(this.#facts.refused, state, refusal);
    const made = {
      ...this.#facts.ownerIn(state),
      status: this.#names.done,
      ...this.#facts.kept(state),
      ...done,
    };
    return this.#undo.start({ ...made, refusal }, true);
  }

  /** Nobody has to act any more, once the saga has gone on. */
  #answeredWaits(state: ExternalState | undefined, { answer, action = {} }: Answer): ExternalDecision {
    const is = this.#names;
    if (this.#facts.waits === undefined)
      return refuse(`${this.#step.service} waits for nobody: it says no wait`);
    if (state === undefined) return refuse('the outside waits with a step that is not begun');
    switch (state.status) {
      case is.asking:
      case is.awaiting: {
        const shown = readable(this.#step.action, action);
        if (isSame(state.action, shown)) return repeat;
        return {
          kind: 'accept',
          state: { ...state, status: is.awaiting, action: shown },
          says: this.#facts.said(this.#facts.waits, state, answer),
        };
      }
      case is.abandoning:
        return ignore('nobody waits for it any more');
      default:
        return this.#hearAgain(state);
    }
  }

  /** Asks the outside now, if there is anything it could tell. */
  #look(state: ExternalState | undefined, at: 'call' | 'aftermath'): ExternalDecision {
    const is = this.#names;
    switch (state?.status) {
      case is.asking:
      case is.awaiting:
      case is.abandoning:
        return { kind: 'resume', effect: this.#askCall(state, true) };
      case is.undoing:
        return this.#undo.look(state);
      case is.done:
        return at === 'aftermath' && this.#step.observes !== undefined
          ? { kind: 'resume', effect: this.#observeCall(state) }
          : ignore('it is known already');
      case is.undone:
        return at === 'aftermath' ? this.#undo.lookAtUndone(state) : ignore('it is known already');
      case is.refused:
        return at === 'aftermath' && 'revoked' in state
          ? this.#undo.lookAtUndone(state)
          : ignore('nothing was done');
      default:
        return ignore(`there is nothing to look at: it is ${state?.status ?? 'not begun'}`);
    }
  }

  #observed(state: ExternalState | undefined, answer: Members): ExternalDecision {
    if (state?.status !== this.#names.done) return ignore(`it is ${state?.status ?? 'not begun'}`);
    const observed = readable(this.#step.observes, answer);
    if (isSame(state.observed ?? {}, observed)) return ignore('it is known already');
    return { kind: 'accept', state: { ...state, observed } };
  }

  #askCall(state: ExternalState, again: boolean): Call {
    const call = { call: 'ask', request: this.#facts.asked(state), again } as const;
    return state.status === this.#names.abandoning ? { ...call, unwanted: true } : call;
  }

  #observeCall({ status: _, observed: __, [this.#saga.owner]: ___, ...done }: Members): Call {
    return { call: 'observe', done };
  }

  #repeatIfEnded(state: ExternalState): ExternalDecision {
    const { done, refused, undone, resolved, void: isVoid } = this.#names;
    if ([done, refused, undone, resolved, isVoid].includes(state.status)) return repeat;
    throw new Error(`${this.#step.service} has a record with the unknown status ${state.status}`);
  }
}

const isCommand = (input: AnyFact | ExternalCommand): input is ExternalCommand =>
  input.type === 'look' || input.type === 'resolve';
