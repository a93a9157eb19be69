/**
 *   DONE ──▶ UNDOING ── undone ──▶ UNDONE ── somebody looks, and it is held again ──▶ UNDOING
 *               │ └──── undone, as it was revoked ──▶ REFUSED ── held again ──▶ UNDOING
 *               └────── impasse ──▶ UNDOING (with its impasse) ── a person resolves it ──▶ RESOLVED
 */

import { type Decision, ignore, refuse, repeat } from './decision.ts';
import { isSame, type StepFacts, without } from './external-facts.ts';
import type {
  Answer,
  Call,
  ExternalState,
  ExternalUse,
  Members,
  Names,
  Resolution,
} from './external-state.ts';
import type { Saga } from './saga.ts';

type ExternalDecision = Decision<ExternalState, Call>;

/** The ends of a step in which nothing is held any more, and the way to them from a step that was done. */
export class Undo {
  readonly #owner: string;
  readonly #step: ExternalUse;
  readonly #names: Names;
  readonly #facts: StepFacts;

  constructor({ owner }: Saga, step: ExternalUse, facts: StepFacts) {
    this.#owner = owner;
    this.#step = step;
    this.#names = step.names;
    this.#facts = facts;
  }

  /** Nothing was done. */
  void(owner: Members): ExternalDecision {
    return {
      kind: 'accept',
      state: { ...owner, status: this.#names.void },
      says: this.#facts.said(this.#facts.voided, owner, {}),
    };
  }

  answeredRefused(state: ExternalState | undefined, answer: Members): ExternalDecision {
    const is = this.#names;
    const { refused } = this.#facts;
    if (refused === undefined) return refuse(`${this.#step.service} cannot be refused: it says no failure`);
    switch (state?.status) {
      case is.asking:
      case is.awaiting:
        return {
          kind: 'accept',
          state: { ...this.#facts.ownerIn(state), status: is.refused, ...this.#facts.kept(state), ...answer },
          says: this.#facts.said(refused, state, answer),
        };
      case is.abandoning:
        return this.void(this.#facts.ownerIn(state));
      case is.refused:
      case is.void:
        return repeat;
      default:
        return refuse(`the outside refused a step that is ${state?.status ?? 'not begun'}`);
    }
  }

  /** What was done is undone. `again`: the undo may have been asked for before. */
  start({ observed: _, ...done }: ExternalState, again = false): ExternalDecision {
    const state = this.#facts.in(this.#names.undoing, done);
    return { kind: 'accept', state, says: [], effect: this.#call(state, again) };
  }

  /** An impasse is said again, and the outside left alone. */
  again(state: ExternalState): ExternalDecision {
    return 'impasse' in state ? repeat : this.look(state);
  }

  answeredUndone(state: ExternalState | undefined, { answer, isLook }: Answer): ExternalDecision {
    const is = this.#names;
    switch (state?.status) {
      case is.undoing:
        return 'refusal' in state ? this.#refusedBy(state, answer) : this.#undoneBy(state, answer);
      case is.undone:
      // What was revoked is refused once it is undone.
      case is.refused:
        return isLook && this.#wasHeld(state) ? this.#undoneAnew(state, answer) : repeat;
      case is.resolved:
        return repeat;
      default:
        return refuse(`the outside undid a step that is ${state?.status ?? 'not begun'}`);
    }
  }

  /** What was undone and is held again is undone once more. */
  answeredPending(state: ExternalState | undefined, { answer, isLook }: Answer): ExternalDecision {
    if (isLook && this.#wasHeld(state)) return { kind: 'accept', state: this.#heldAgain(state), says: [] };
    return { ...ignore(`not decided yet: ${String(answer.reason)}`), isOpen: true };
  }

  /** From now on nobody asks the outside by itself, until a person has settled it or somebody looks. */
  answeredImpasse(state: ExternalState | undefined, { answer, isLook }: Answer): ExternalDecision {
    const is = this.#names;
    if (this.#facts.impasse === undefined)
      return refuse(`${this.#step.service} is not refused an undo: it says no impasse`);
    switch (state?.status) {
      case is.undoing:
        return this.#startImpasse(state, answer);
      case is.undone:
      case is.refused:
        return isLook && this.#wasHeld(state) ? this.#startImpasse(this.#heldAgain(state), answer) : repeat;
      case is.resolved:
        return repeat;
      default:
        return refuse(`the outside cannot undo a step that is ${state?.status ?? 'not begun'}`);
    }
  }

  /** Asks for the undo now. */
  look(state: ExternalState): ExternalDecision {
    return { kind: 'resume', effect: this.#call(state, true) };
  }

  /** Asks whether what was undone, or revoked, is held again. */
  lookAtUndone(state: ExternalState): ExternalDecision {
    const undoing = state.status === this.#names.refused ? this.#heldAgain(state) : state;
    return { kind: 'resume', effect: { ...this.#call(undoing, true), isLook: true } };
  }

  /** Ends an impasse, as a person has settled it outside. */
  resolve(state: ExternalState | undefined, resolution: Resolution): ExternalDecision {
    const { resolved } = this.#step;
    const is = this.#names;
    if (state?.status === is.resolved) return repeat;
    if (resolved === undefined || state?.status !== is.undoing || !('impasse' in state))
      return refuse(`it waits for no person: it is ${state?.status ?? 'not begun'}`);
    const { impasse: _, ...undoing } = state;
    return {
      kind: 'accept',
      state: { ...this.#facts.in(is.resolved, undoing), resolution },
      // What was revoked confirms nothing: whoever waits for it hears why.
      says:
        'refusal' in state
          ? this.#facts.said(this.#facts.refused, state, state.refusal as Members)
          : this.#facts.said(resolved, state, { ...this.#facts.kept(state), resolution }),
    };
  }

  #undoneBy(state: ExternalState, answer: Members): ExternalDecision {
    const { impasse: _, ...undoing } = state;
    return {
      kind: 'accept',
      state: { ...this.#facts.in(this.#names.undone, undoing), ...answer },
      says: this.#facts.said(this.#facts.undone, state, { ...this.#facts.kept(state), ...answer }),
    };
  }

  /** What was revoked is undone, and so it is refused. What was done is kept, as it may be held again. */
  #refusedBy(state: ExternalState, answer: Members): ExternalDecision {
    const { refusal, impasse: _, ...undoing } = state;
    const revoked = without(this.#step.keeps, { ...this.#call(undoing, true).done, ...answer });
    const refused = this.answeredRefused({ ...state, status: this.#names.asking }, refusal as Members);
    return refused.kind === 'accept' ? { ...refused, state: { ...refused.state, revoked } } : refused;
  }

  #wasHeld(state: ExternalState | undefined): state is ExternalState {
    return state?.status === this.#names.undone || (state !== undefined && 'revoked' in state);
  }

  /** The state before what was undone, or revoked: it is held again. */
  #heldAgain(state: ExternalState): ExternalState {
    const is = this.#names;
    if (state.status !== is.refused) return this.#facts.in(is.undoing, state);
    const { revoked, ...refused } = state;
    const refusal = without([this.#owner, 'status', ...this.#step.keeps], refused);
    const done = { ...this.#facts.kept(state), ...(revoked as Members) };
    return { ...this.#facts.ownerIn(state), status: is.undoing, ...done, refusal };
  }

  /** Whoever looked has found that it was held again, and has undone it. */
  #undoneAnew(state: ExternalState, answer: Members): ExternalDecision {
    const before = (state.revoked ?? state) as Members;
    const known = this.#facts.readable(this.#facts.undone, state, { ...this.#facts.kept(state), ...answer });
    if (Object.keys(known).every((name) => isSame(before[name] ?? state[name], known[name])))
      return ignore('it is known already');
    return 'revoked' in state
      ? { kind: 'accept', state: { ...state, revoked: { ...before, ...answer } } }
      : this.#undoneBy(state, answer);
  }

  #startImpasse(state: ExternalState, answer: Members): ExternalDecision {
    const impasse = this.#facts.readable(this.#facts.impasse, state, answer);
    if (isSame(state.impasse, impasse)) return repeat;
    return {
      kind: 'accept',
      state: { ...state, impasse },
      says: this.#facts.said(this.#facts.impasse, state, answer),
    };
  }

  #call(
    { status: _, refusal: __, impasse: ___, [this.#owner]: ____, ...done }: Members,
    again: boolean,
  ): Extract<Call, { call: 'undo' }> {
    return { call: 'undo', done, again };
  }
}
