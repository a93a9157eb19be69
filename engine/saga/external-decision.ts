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
 *   ASKING ── revoked ──▶ UNDOING (with its refusal) ── undone ──▶ REFUSED
 *
 * ASKING, ABANDONING and UNDOING are intents: the outside is called after they are written, with the saga's id as the
 * idempotency key, and called again until its answer is known. A timeout is not a refusal. If the call has to be
 * prepared, that comes before ASKING is written, which then holds what the call is made with.
 */

import type * as z from 'zod';
import { type Decision, ignore, refuse, repeat } from './decision.ts';
import type { AnyFact } from './declaration.ts';
import { explain } from './explain.ts';
import { andHeard, dataHeard, type Heard } from './heard.ts';
import type { Saga } from './saga.ts';

/** A service's names for the machine's states and the outside's answers, used in its records and history. */
export interface Names {
  readonly waiting: string;
  readonly asking: string;
  readonly abandoning: string;
  readonly done: string;
  readonly refused: string;
  readonly undoing: string;
  readonly undone: string;
  readonly void: string;
  readonly answers: {
    readonly prepared: string;
    readonly done: string;
    readonly refused: string;
    readonly pending: string;
    readonly revoked: string;
    readonly undone: string;
  };
}

export const defaultNames: Names = {
  waiting: 'WAITING',
  asking: 'ASKING',
  abandoning: 'ABANDONING',
  done: 'DONE',
  refused: 'REFUSED',
  undoing: 'UNDOING',
  undone: 'UNDONE',
  void: 'VOID',
  answers: {
    prepared: 'call.prepared',
    done: 'call.done',
    refused: 'call.refused',
    pending: 'call.pending',
    revoked: 'call.revoked',
    undone: 'undo.done',
  },
};

type Members = Readonly<Record<string, unknown>>;

/** A record's state. Its other members depend on the status: the request, or the answers. */
export type ExternalState = { readonly status: string } & Members;

export interface Answer {
  readonly type: string;
  readonly answer: Members;
  /** The events that a prepared call is made because of. */
  readonly heard?: Heard;
}

/**
 * A call to the outside that follows the write of an intent. `again`: it may have been made before.
 * prepare: comes before the intent, as what it brings is written with it.
 * ask: `request` has the members that `asks` names, and what was prepared. undo: `done` has the members of request and answer in the record.
 * `unwanted`: the answer is going to be undone, so an outside that has not answered yet may withdraw the request.
 */
export type Call =
  | { readonly call: 'prepare'; readonly request: Members; readonly heard: Heard }
  | { readonly call: 'ask'; readonly request: Members; readonly again: boolean; readonly unwanted?: true }
  | { readonly call: 'undo'; readonly done: Members; readonly again: boolean };

/** Something was done and cannot be kept. */
interface Revoked {
  readonly done: Members;
  readonly refusal: Members;
}

/** How a service uses the machine. */
export interface ExternalUse {
  readonly service: string;
  /** The members of its events that go into the request. The record holds them until the outside has answered. */
  readonly asks: z.ZodObject;
  /** What is prepared before the intent is written, and goes into the request, too. */
  readonly prepares?: z.ZodObject | undefined;
  /** The members of the request that the record keeps for good and its events carry. */
  readonly keeps: readonly string[];
  /** The compensation for "nothing was done", if it differs from the one for "it is undone". */
  readonly voided: string | undefined;
  readonly names: Names;
}

type ExternalDecision = Decision<ExternalState, Call>;

/** The decision of a step that asks the outside. It is total: it answers every input in every state. */
export function externalDecision(
  saga: Saga,
  step: ExternalUse,
): (state: ExternalState | undefined, input: AnyFact | Answer) => ExternalDecision {
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
    this.#voided = step.voided ?? sayingOf('compensation')[0];
    this.#undone = sayingOf('compensation').find((type) => type !== step.voided);
  }

  decide(state: ExternalState | undefined, input: AnyFact | Answer): ExternalDecision {
    const { answers } = this.#names;
    if ('answer' in input) {
      switch (input.type) {
        case answers.prepared:
          return this.#prepared(state, input);
        case answers.pending:
          return ignore(`not decided yet: ${String(input.answer.reason)}`);
        case answers.revoked:
          return this.#answeredRevoked(state, input.answer as unknown as Revoked);
        case answers.done:
          return this.#answeredDone(state, input.answer);
        case answers.refused:
          return input.heard === undefined
            ? this.#answeredRefused(state, input.answer)
            : this.#refusedToPrepare(state, input.heard, input.answer);
        case answers.undone:
          return this.#answeredUndone(state, input.answer);
        default:
          return refuse(`the outside answered ${input.type}`);
      }
    }
    if (this.#consumes.includes(input.type)) return this.#hear(state, input);
    return this.#other(state, input);
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
        return { kind: 'resume', effect: this.#askCall(state, true) };
      case is.undoing:
        // No failure comes that would resume it: its own is said once it is undone.
        if ('refusal' in state) return { kind: 'resume', effect: this.#undoCall(state, true) };
        return ignore('it is being undone');
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
      case is.asking: {
        const next = { ...state, status: is.abandoning };
        return { kind: 'accept', state: next, says: [], effect: this.#askCall(next, true) };
      }
      case is.abandoning:
        return { kind: 'resume', effect: this.#askCall(state, true) };
      case is.done:
        return this.#startUndoing(state);
      case is.undoing:
        return { kind: 'resume', effect: this.#undoCall(state, true) };
      default:
        // The refusal already says that nothing is held, and why.
        return this.#repeatIfEnded(state);
    }
  }

  #answeredDone(state: ExternalState | undefined, answer: Members): ExternalDecision {
    const is = this.#names;
    switch (state?.status) {
      case is.asking: {
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
        return repeat;
      // Another invocation began the undo and may have died. Resume it: the failure is answered only after the undo.
      case is.undoing:
        return { kind: 'resume', effect: this.#undoCall(state, true) };
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
    if (state?.status !== this.#names.asking) return this.#answeredDone(state, done);
    this.#said(this.#refused, state, refusal);
    const made = { ...this.#ownerIn(state), status: this.#names.done, ...this.#kept(state), ...done };
    return this.#startUndoing({ ...made, refusal }, true);
  }

  #answeredUndone(state: ExternalState | undefined, answer: Members): ExternalDecision {
    const is = this.#names;
    switch (state?.status) {
      case is.undoing:
        if ('refusal' in state) {
          const refused = { ...state, status: is.asking };
          return this.#answeredRefused(refused, state.refusal as Members);
        }
        return {
          kind: 'accept',
          state: { ...this.#in(is.undone, state), ...answer },
          says: this.#said(this.#undone, state, { ...this.#kept(state), ...answer }),
        };
      case is.undone:
      // What was revoked is refused once it is undone.
      case is.refused:
        return repeat;
      default:
        return refuse(`the outside undid a step that is ${state?.status ?? 'not begun'}`);
    }
  }

  #void(owner: Members): ExternalDecision {
    return {
      kind: 'accept',
      state: { ...owner, status: this.#names.void },
      says: this.#said(this.#voided, owner, {}),
    };
  }

  #startUndoing(done: ExternalState, again = false): ExternalDecision {
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

  #askCall(state: ExternalState, again: boolean): Call {
    const call = { call: 'ask', request: pick(state, this.#asks), again } as const;
    return state.status === this.#names.abandoning ? { ...call, unwanted: true } : call;
  }

  #undoCall({ status: _, refusal: __, [this.#saga.owner]: ___, ...done }: Members, again: boolean): Call {
    return { call: 'undo', done, again };
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
    const { done, refused, undone, void: isVoid } = this.#names;
    if ([done, refused, undone, isVoid].includes(state.status)) return repeat;
    throw new Error(`${this.#step.service} has a record with the unknown status ${state.status}`);
  }
}

function pick(members: Members, names: readonly string[]): Members {
  const picked: Record<string, unknown> = {};
  for (const name of names) if (name in members) picked[name] = members[name];
  return picked;
}
