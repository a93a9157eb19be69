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
 *   ASKING ── revoked ──▶ UNDOING (with its refusal) ── undone ──▶ REFUSED
 *   UNDOING ── impasse ──▶ UNDOING (with its impasse) ── a person resolves it ──▶ RESOLVED
 *   UNDONE ── somebody looks, and it is held again ──▶ UNDOING
 *
 * ASKING, ABANDONING and UNDOING are intents: the outside is called after they are written, with the saga's id as the
 * idempotency key, and called again until its answer is known. A timeout is not a refusal. If the call has to be
 * prepared, that comes before ASKING is written, which then holds what the call is made with.
 */

import { type Decision, ignore, refuse, repeat } from './decision.ts';
import type { AnyFact } from './declaration.ts';
import { explain } from './explain.ts';
import type {
  Answer,
  Call,
  ExternalCommand,
  ExternalState,
  ExternalUse,
  Members,
  Names,
  Resolution,
} from './external-state.ts';
import { andHeard, dataHeard, type Heard } from './heard.ts';
import type { Saga } from './saga.ts';

type ExternalDecision = Decision<ExternalState, Call>;
type Input = AnyFact | Answer | ExternalCommand;

/** Something was done and cannot be kept. */
interface Revoked {
  readonly done: Members;
  readonly refusal: Members;
}

/** Somebody has to act: what is said of it, and what only the saga's owner is told. */
interface Waits {
  readonly waits: Members;
  readonly action: Members;
}

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
  readonly #asks: readonly string[];
  readonly #consumes: readonly string[];
  readonly #done: string | undefined;
  readonly #refused: string | undefined;
  readonly #undone: string | undefined;
  readonly #voided: string | undefined;
  readonly #waits: string | undefined;
  readonly #impasse: string | undefined;

  constructor(saga: Saga, step: ExternalUse) {
    this.#saga = saga;
    this.#step = step;
    this.#asks = Object.keys({ ...step.asks.shape, ...step.prepares?.shape });
    this.#names = step.names;
    const { consumes, says } = saga.partOf(step.service);
    const sayingOf = (kind: string) => Object.keys(says).filter((type) => says[type] === kind);
    this.#consumes = consumes;
    [this.#done] = sayingOf('step');
    [this.#refused] = sayingOf('failure');
    [this.#waits] = sayingOf('wait');
    [this.#impasse] = sayingOf('impasse');
    const compensations = sayingOf('compensation').filter((type) => type !== step.resolved);
    this.#voided = step.voided ?? compensations[0];
    this.#undone = compensations.find((type) => type !== step.voided);
  }

  decide(state: ExternalState | undefined, input: Input): ExternalDecision {
    if ('answer' in input) return this.#answered(state, input);
    if (isCommand(input))
      return input.type === 'look' ? this.#look(state, input.at) : this.#resolve(state, input.resolution);
    if (this.#consumes.includes(input.type)) return this.#hear(state, input);
    return this.#other(state, input);
  }

  #answered(state: ExternalState | undefined, input: Answer): ExternalDecision {
    const { answers } = this.#names;
    switch (input.type) {
      case answers.prepared:
        return this.#prepared(state, input);
      case answers.pending:
        return this.#answeredPending(state, input);
      case answers.waits:
        return this.#answeredWaits(state, input.answer as unknown as Waits);
      case answers.revoked:
        return this.#answeredRevoked(state, input.answer as unknown as Revoked);
      case answers.done:
        return this.#answeredDone(state, input.answer);
      case answers.refused:
        return input.heard === undefined
          ? this.#answeredRefused(state, input.answer)
          : this.#refusedToPrepare(state, input.heard, input.answer);
      case answers.undone:
        return this.#answeredUndone(state, input);
      case answers.impasse:
        return this.#answeredImpasse(state, input);
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
    return this.#undo(state, this.#ownerIn(data));
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
        return 'refusal' in state ? this.#undoAgain(state) : ignore('it is being undone');
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
    if (this.#consumes.every((each) => each in heard)) return this.#ask(heard);
    return {
      kind: 'accept',
      state: { ...this.#ownerIn(this.#toldBy(heard)), status: this.#names.waiting, heard },
      says: [],
    };
  }

  #ask(heard: Heard): ExternalDecision {
    const request = this.#requestOf(heard);
    if (!request.success) return refuse(`it cannot be asked for: ${explain(request.error)}`);
    if (this.#step.prepares !== undefined)
      return { kind: 'resume', effect: { call: 'prepare', request: request.data, heard } };
    return this.#intend(heard, request.data);
  }

  #requestOf(heard: Heard) {
    return this.#step.asks.safeParse(pick(this.#toldBy(heard), Object.keys(this.#step.asks.shape)));
  }

  /** Writes the intent with what was prepared, unless the saga has gone on meanwhile. */
  #prepared(state: ExternalState | undefined, { answer, heard = {} }: Answer): ExternalDecision {
    if (state !== undefined && state.status !== this.#names.waiting) return this.#hearAgain(state);
    const prepared = this.#step.prepares?.parse(answer);
    return this.#intend(heard, { ...this.#requestOf(heard).data, ...prepared });
  }

  /** Nothing was asked yet, unless another delivery of the same event has gone on meanwhile. */
  #refusedToPrepare(state: ExternalState | undefined, heard: Heard, answer: Members): ExternalDecision {
    if (state !== undefined && state.status !== this.#names.waiting) return this.#hearAgain(state);
    const request = { ...this.#ownerIn(this.#toldBy(heard)), ...this.#requestOf(heard).data };
    return this.#answeredRefused({ ...request, status: this.#names.asking }, answer);
  }

  #intend(heard: Heard, request: Members): ExternalDecision {
    const state = { ...this.#ownerIn(this.#toldBy(heard)), status: this.#names.asking, ...request };
    return { kind: 'accept', state, says: [], effect: this.#askCall(state, false) };
  }

  #undo(state: ExternalState | undefined, owner: Members): ExternalDecision {
    const is = this.#names;
    if (state === undefined || state.status === is.waiting) return this.#void(owner);
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
        return this.#startUndoing(state);
      case is.undoing:
        return this.#undoAgain(state);
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
        const done = { ...this.#kept(state), ...answer };
        return {
          kind: 'accept',
          state: { ...this.#ownerIn(state), status: is.done, ...done },
          says: this.#said(this.#done, state, done),
        };
      }
      case is.abandoning: {
        const done = { ...this.#kept(state), ...answer };
        this.#said(this.#done, state, done);
        return this.#startUndoing({ ...this.#ownerIn(state), status: is.done, ...done });
      }
      case is.done:
      case is.undone:
      case is.resolved:
        return repeat;
      // Another invocation began the undo and may have died. Resume it: the failure is answered only after the undo.
      case is.undoing:
        return this.#undoAgain(state);
      default:
        return refuse(`the outside did a step that is ${state?.status ?? 'not begun'}`);
    }
  }

  #answeredRefused(state: ExternalState | undefined, answer: Members): ExternalDecision {
    const is = this.#names;
    if (this.#refused === undefined)
      return refuse(`${this.#step.service} cannot be refused: it says no failure`);
    switch (state?.status) {
      case is.asking:
      case is.awaiting:
        return {
          kind: 'accept',
          state: { ...this.#ownerIn(state), status: is.refused, ...this.#kept(state), ...answer },
          says: this.#said(this.#refused, state, answer),
        };
      case is.abandoning:
        return this.#void(this.#ownerIn(state));
      case is.refused:
      case is.void:
        return repeat;
      default:
        return refuse(`the outside refused a step that is ${state?.status ?? 'not begun'}`);
    }
  }

  /** It is undone like any other, and then refused. Where it is being undone anyway, that is all. */
  #answeredRevoked(state: ExternalState | undefined, { done, refusal }: Revoked): ExternalDecision {
    // Another invocation has heard the same, and undone it.
    if (state?.status === this.#names.refused) return repeat;
    const { asking, awaiting } = this.#names;
    if (state?.status !== asking && state?.status !== awaiting) return this.#answeredDone(state, done);
    this.#said(this.#refused, state, refusal);
    const made = { ...this.#ownerIn(state), status: this.#names.done, ...this.#kept(state), ...done };
    return this.#startUndoing({ ...made, refusal }, true);
  }

  /** Nobody has to act any more, once the saga has gone on. */
  #answeredWaits(state: ExternalState | undefined, { waits, action }: Waits): ExternalDecision {
    const is = this.#names;
    if (this.#waits === undefined) return refuse(`${this.#step.service} waits for nobody: it says no wait`);
    if (state === undefined) return refuse('the outside waits with a step that is not begun');
    switch (state.status) {
      case is.asking:
      case is.awaiting: {
        const shown = readable(this.#step.action, action);
        if (isSame(state.action, shown)) return repeat;
        return {
          kind: 'accept',
          state: { ...state, status: is.awaiting, action: shown },
          says: this.#said(this.#waits, state, waits),
        };
      }
      case is.abandoning:
        return ignore('nobody waits for it any more');
      default:
        return this.#hearAgain(state);
    }
  }

  #answeredUndone(state: ExternalState | undefined, { answer, isLook }: Answer): ExternalDecision {
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

  #undoneBy(state: ExternalState, answer: Members): ExternalDecision {
    const { impasse: _, ...undoing } = state;
    return {
      kind: 'accept',
      state: { ...this.#in(this.#names.undone, undoing), ...answer },
      says: this.#said(this.#undone, state, { ...this.#kept(state), ...answer }),
    };
  }

  #wasHeld(state: ExternalState | undefined): state is ExternalState {
    return state?.status === this.#names.undone || (state !== undefined && 'revoked' in state);
  }

  /** Whoever looked has found that it was held again, and has undone it. */
  #undoneAnew(state: ExternalState, answer: Members): ExternalDecision {
    const before = (state.revoked ?? state) as Members;
    const known = this.#readable(this.#undone, state, { ...this.#kept(state), ...answer });
    if (Object.keys(known).every((name) => isSame(before[name] ?? state[name], known[name])))
      return ignore('it is known already');
    return 'revoked' in state
      ? { kind: 'accept', state: { ...state, revoked: { ...before, ...answer } } }
      : this.#undoneBy(state, answer);
  }

  /** What was revoked is undone, and so it is refused. What was done is kept, as it may be held again. */
  #refusedBy(state: ExternalState, answer: Members): ExternalDecision {
    const { refusal, impasse: _, ...undoing } = state;
    const revoked = without(this.#step.keeps, { ...this.#undoCall(undoing, true).done, ...answer });
    const refused = this.#answeredRefused({ ...state, status: this.#names.asking }, refusal as Members);
    return refused.kind === 'accept' ? { ...refused, state: { ...refused.state, revoked } } : refused;
  }

  /** The state before what was undone, or revoked: it is held again. */
  #heldAgain(state: ExternalState): ExternalState {
    const is = this.#names;
    if (state.status !== is.refused) return this.#in(is.undoing, state);
    const { revoked, ...refused } = state;
    const refusal = without([this.#saga.owner, 'status', ...this.#step.keeps], refused);
    const done = { ...this.#kept(state), ...(revoked as Members) };
    return { ...this.#ownerIn(state), status: is.undoing, ...done, refusal };
  }

  /** What was undone and is held again is undone once more. */
  #answeredPending(state: ExternalState | undefined, { answer, isLook }: Answer): ExternalDecision {
    if (isLook && this.#wasHeld(state)) return { kind: 'accept', state: this.#heldAgain(state), says: [] };
    return ignore(`not decided yet: ${String(answer.reason)}`);
  }

  /** From now on nobody asks the outside by itself, until a person has settled it or somebody looks. */
  #answeredImpasse(state: ExternalState | undefined, { answer, isLook }: Answer): ExternalDecision {
    const is = this.#names;
    if (this.#impasse === undefined)
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

  #startImpasse(state: ExternalState, answer: Members): ExternalDecision {
    const impasse = this.#readable(this.#impasse, state, answer);
    if (isSame(state.impasse, impasse)) return repeat;
    return {
      kind: 'accept',
      state: { ...state, impasse },
      says: this.#said(this.#impasse, state, answer),
    };
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
        return { kind: 'resume', effect: this.#undoCall(state, true) };
      case is.done:
        return at === 'aftermath' && this.#step.observes !== undefined
          ? { kind: 'resume', effect: this.#observeCall(state) }
          : ignore('it is known already');
      case is.undone:
        return at === 'aftermath' ? this.#lookAtUndone(state) : ignore('it is known already');
      case is.refused:
        return at === 'aftermath' && 'revoked' in state
          ? this.#lookAtUndone(this.#heldAgain(state))
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

  /** Ends an impasse, as a person has settled it outside. */
  #resolve(state: ExternalState | undefined, resolution: Resolution): ExternalDecision {
    const { resolved } = this.#step;
    const is = this.#names;
    if (state?.status === is.resolved) return repeat;
    if (resolved === undefined || state?.status !== is.undoing || !('impasse' in state))
      return refuse(`it waits for no person: it is ${state?.status ?? 'not begun'}`);
    const { impasse: _, ...undoing } = state;
    return {
      kind: 'accept',
      state: { ...this.#in(is.resolved, undoing), resolution },
      // What was revoked confirms nothing: whoever waits for it hears why.
      says:
        'refusal' in state
          ? this.#said(this.#refused, state, state.refusal as Members)
          : this.#said(resolved, state, { ...this.#kept(state), resolution }),
    };
  }

  #void(owner: Members): ExternalDecision {
    return {
      kind: 'accept',
      state: { ...owner, status: this.#names.void },
      says: this.#said(this.#voided, owner, {}),
    };
  }

  #startUndoing({ observed: _, ...done }: ExternalState, again = false): ExternalDecision {
    const state = this.#in(this.#names.undoing, done);
    return { kind: 'accept', state, says: [], effect: this.#undoCall(state, again) };
  }

  /** The same state with another status. Owner and status come first, as in a new record. */
  #in(status: string, state: ExternalState): ExternalState {
    return { ...pick(state, [this.#saga.owner, 'status']), ...state, status };
  }

  /**
   * An answer that its event's schema does not know counts as not known: it is asked for again. Written down, it would
   * make a record that nobody can read, and an event that each consumer refuses.
   * @throws Error
   */
  #said(type: string | undefined, state: Members, answer: Members): readonly AnyFact[] {
    if (type === undefined) return [];
    const data = this.#saga.carriesOwner(type) ? { ...this.#ownerIn(state), ...answer } : answer;
    const reading = this.#saga.readFact(type, this.#saga.versionOf(type), data);
    // Without what the record keeps and the event does not have.
    if (reading.kind === 'read') return [{ type, data: reading.fact.data }];
    if (reading.kind !== 'flawed') return [{ type, data }];
    throw new Error(`the outside answered what ${type} cannot say: ${explain(reading.error)}`);
  }

  /** The members of an answer that its event has, as the event has them. */
  #readable(type: string | undefined, state: Members, answer: Members): Members {
    const [fact] = this.#said(type, state, answer);
    if (fact === undefined) return answer;
    const data = fact.data as Members;
    return pick(
      data,
      Object.keys(data).filter((name) => name in answer),
    );
  }

  #askCall(state: ExternalState, again: boolean): Call {
    const call = { call: 'ask', request: pick(state, this.#asks), again } as const;
    return state.status === this.#names.abandoning ? { ...call, unwanted: true } : call;
  }

  #undoCall(
    { status: _, refusal: __, impasse: ___, [this.#saga.owner]: ____, ...done }: Members,
    again: boolean,
  ): Extract<Call, { call: 'undo' }> {
    return { call: 'undo', done, again };
  }

  #lookAtUndone(undoing: ExternalState): ExternalDecision {
    return { kind: 'resume', effect: { ...this.#undoCall(undoing, true), isLook: true } };
  }

  #observeCall({ status: _, observed: __, [this.#saga.owner]: ___, ...done }: Members): Call {
    return { call: 'observe', done };
  }

  /** An impasse is said again, and the outside left alone. */
  #undoAgain(state: ExternalState): ExternalDecision {
    return 'impasse' in state ? repeat : { kind: 'resume', effect: this.#undoCall(state, true) };
  }

  #kept(state: Members): Members {
    return pick(state, this.#step.keeps);
  }

  #ownerIn(data: unknown): Members {
    return pick(data as Members, [this.#saga.owner]);
  }

  /** Merged in the declaration's order, so the result is the same whichever came first. */
  #toldBy(heard: Heard): Members {
    return Object.assign(
      {},
      ...this.#consumes.map((type) => type in heard && dataHeard(this.#saga, heard, type)),
    );
  }

  #repeatIfEnded(state: ExternalState): ExternalDecision {
    const { done, refused, undone, resolved, void: isVoid } = this.#names;
    if ([done, refused, undone, resolved, isVoid].includes(state.status)) return repeat;
    throw new Error(`${this.#step.service} has a record with the unknown status ${state.status}`);
  }
}

const isCommand = (input: AnyFact | ExternalCommand): input is ExternalCommand =>
  input.type === 'look' || input.type === 'resolve';

/**
 * What a record can hold of an answer. One that its schema does not know counts as not known: it is asked for again.
 * @throws Error
 */
function readable(schema: ExternalUse['action'], answer: Members): Members {
  const reading = schema?.safeParse(answer);
  if (reading === undefined) return {};
  if (reading.success) return reading.data;
  throw new Error(`the outside answered what its record cannot hold: ${explain(reading.error)}`);
}

/** Both as their schema has them, and so with their members in the same order. */
const isSame = (one: unknown, other: unknown): boolean => JSON.stringify(one) === JSON.stringify(other);

function without(names: readonly string[], members: Members): Members {
  return Object.fromEntries(Object.entries(members).filter(([name]) => !names.includes(name)));
}

function pick(members: Members, names: readonly string[]): Members {
  const picked: Record<string, unknown> = {};
  for (const name of names) if (name in members) picked[name] = members[name];
  return picked;
}
