/**
 *            place
 *              │
 *              ▼        all of `completes`
 *           PENDING ───────────────────────────────▶ CONFIRMED
 *            │   │
 *            │   └── a failure that nobody has to undo ──────────┐
 *            │                                                   ▼
 *            ├── another's failure ─▶ CANCELLING ── answers ──▶ CANCELLED
 *            └── cancel · deadline ─▶ (and says its own failure)
 *
 * A participant may say that it waits for somebody. That is shown, and changes nothing else.
 *
 * A CANCELLING saga waits for an answer from every participant that compensates its failure. An answer may
 * overtake its failure, and so may an impasse: a PENDING saga keeps those that have come.
 */

import { type Decision, ignore, refuse, repeat } from './decision.ts';
import type { AnyFact, EventData, EventDefinitions, Initiation, Participants } from './declaration.ts';
import type { DefinedSaga } from './define-saga.ts';
import { andHeard, dataHeard, type Heard } from './heard.ts';
import { constantCase } from './names.ts';
import type { Saga } from './saga.ts';
import type { Limits } from './tally.ts';

/** Why a saga is cancelled: the role that cancelled it, DEADLINE, or the data of a participant's failure. */
export interface Reason {
  readonly code: string;
}

/** A participant failed. Its failure has not been heard yet, only the answers to it. */
const PARTICIPANT_FAILED = 'PARTICIPANT_FAILED';

/** The reason of a cancellation whose own is forgotten. */
const FORGOTTEN = 'FORGOTTEN';

/** Nobody has asked for the saga that a participant has acted for. */
const NEVER_PLACED = 'NEVER_PLACED';

const neverPlaced = ({ type }: { readonly type: string }): string =>
  `${type} for a saga that was never placed`;

/** The data that every saga is begun with. */
export interface Begun {
  /** Identifies the body that the idempotency key came with. */
  readonly fingerprint: string;
  readonly createdAtMs: number;
}

/** Whom each participant waits for that cannot go on, by the participant's name. */
interface Waiting {
  readonly answered: readonly string[];
  readonly waits?: Readonly<Record<string, string>> | undefined;
}
interface Pending extends Waiting {
  readonly status: 'PENDING';
  /** Whom each participant waits for that cannot undo its step, though the failure has not come yet. */
  readonly impasses?: Waiting['waits'];
  /** The completing events that have come while others are missing. */
  readonly heard?: Heard | undefined;
}
interface Cancelling extends Waiting {
  readonly status: 'CANCELLING';
  readonly reason: Reason;
  /** The failure whose compensations the saga waits for. */
  readonly failure: string;
}
/** `isUntold`: a participant consumes the outcome, and its publication is not confirmed yet. */
interface Confirmed {
  readonly status: 'CONFIRMED';
  readonly isUntold?: true | undefined;
}
interface Cancelled {
  readonly status: 'CANCELLED';
  readonly reason: Reason;
  readonly isUntold?: true | undefined;
}

export type InitiatorState<Placed extends Begun, Success> = Placed &
  (Pending | (Confirmed & Success) | Cancelling | Cancelled);

/** The initiator's inputs besides the facts of its saga. */
export type Command<Placed extends Begun = Begun> =
  /** `limits`: those of its owner, if it has any. */
  | { readonly type: 'place'; readonly placed: Placed; readonly limits?: Limits | undefined }
  /** `by`: the code of the reason, such as OPERATOR. */
  | { readonly type: 'cancel'; readonly by: string }
  | { readonly type: 'nudge'; readonly nowMs: number; readonly deadlineMs: number }
  /** The outcome is published. */
  | { readonly type: 'told' }
  /** Tables were restored. `owner`: whose the saga was, if the initiator's own table may have lost it. */
  | { readonly type: 'say-again'; readonly owner?: string };

type DataSaid<Events extends EventDefinitions, T> = T extends keyof Events & string
  ? EventData<Events, T>
  : never;

/** What only the saga's author knows: the data of its first event, its outcomes and its own failure. */
export interface Story<
  Placed extends Begun,
  Success,
  Heard = never,
  Begins = unknown,
  Cancels = unknown,
  Succeeds = unknown,
  Fails = unknown,
  Owned = unknown,
> {
  /** The data of the event that begins it. */
  begin(placed: Placed): Begins;
  /** `keeps`: the members of the completing events that the record keeps. `outcome`: the data of the success. */
  succeed(placed: Placed, heard: Heard): { readonly keeps: Success; readonly outcome: Succeeds };
  /** By completing event: what is not true of its data, as far as the initiator can tell; undefined if nothing is. */
  readonly flawsOf?: {
    readonly [T in keyof Heard]?: (placed: Placed, data: Heard[T]) => string | undefined;
  };
  /** The data of the outcome of a cancelled saga. */
  fail(placed: Placed, reason: Reason): Fails;
  /**
   * The data of the initiator's own failure. Of a saga that was never placed only the owner is known, so that is all it
   * may tell of the saga.
   */
  readonly cancel: (owned: Owned, reason: Reason) => Cancels;
}

type InitiationOf<Parts extends Participants> = Extract<Parts[keyof Parts], Initiation>;

/** The initiator's decision. It is total: it answers every input in every state. */
export function initiator<
  Events extends EventDefinitions,
  Parts extends Participants,
  Owner extends string,
  Placed extends Begun,
  Success extends object,
>(
  saga: DefinedSaga<Events, Parts, Owner>,
  story: Story<
    Placed,
    Success,
    { readonly [T in keyof Events]: EventData<Events, T> },
    DataSaid<Events, InitiationOf<Parts>['begins']>,
    DataSaid<Events, InitiationOf<Parts>['cancels']>,
    DataSaid<Events, InitiationOf<Parts>['succeeds']>,
    DataSaid<Events, InitiationOf<Parts>['fails']>,
    Pick<Placed, Owner & keyof Placed>
  >,
) {
  type State = InitiatorState<Placed, Success>;
  const machine = new Initiator(saga, story as AnyStory);
  return (state: State | undefined, input: Command<Placed> | AnyFact): Decision<State> =>
    machine.decide(state as AnyState | undefined, input) as Decision<State>;
}

type AnyStory = Story<Begun, object, Readonly<Record<string, unknown>>>;
type AnyState = InitiatorState<Begun, object>;
type AnyPending = Begun & Pending;
type AnyCancelling = Begun & Cancelling;
type InitiatorDecision = Decision<AnyState>;

class Initiator {
  readonly #saga: Saga;
  readonly #story: AnyStory;

  constructor(saga: Saga, story: AnyStory) {
    this.#saga = saga;
    this.#story = story;
  }

  decide(state: AnyState | undefined, input: Command | AnyFact): InitiatorDecision {
    if (state === undefined) {
      if (!isCommand(input)) return this.#hearOfUnknown(input);
      if (input.type === 'say-again') return this.#sayOfLost(input.owner);
      return input.type === 'place' ? this.#place(input.placed) : refuse(neverPlaced(input));
    }
    return isCommand(input) ? this.#obey(state, input) : this.#hear(state, input);
  }

  #obey(state: AnyState, command: Command): InitiatorDecision {
    switch (command.type) {
      case 'place':
        return placedAgain(state, command.placed);
      case 'cancel':
        return this.#cancel(state, command.by);
      case 'nudge':
        return this.#nudge(state, command);
      case 'told':
        return told(state);
      case 'say-again':
        return this.#saga.owner in state ? this.#sayAgain(state) : this.#sayOfForgotten(state, command.owner);
      default:
        return command satisfies never;
    }
  }

  #hear(state: AnyState, fact: AnyFact): InitiatorDecision {
    const kind = this.#saga.kindOf(fact.type);
    switch (kind) {
      case 'step':
        if (this.#saga.completes.includes(fact.type)) return this.#completed(state, fact);
        return refuse(`${fact.type} is not for ${this.#saga.initiator}`);
      case 'failure':
        if (this.#saga.publisherOf(fact.type) === this.#saga.initiator) {
          return ignore(`${this.#saga.initiator} said this itself`);
        }
        return this.#failed(state, fact);
      case 'compensation':
        return this.#answered(state, fact.type);
      case 'wait':
        return this.#waits(state, fact);
      case 'impasse':
        return this.#stuck(state, fact);
      case 'outcome':
        return refuse(`${fact.type} is not for ${this.#saga.initiator}`);
      default:
        return kind satisfies never;
    }
  }

  /** What somebody did for a saga that never was is undone: all that a failure needs to say is whose it would be. */
  #hearOfUnknown(fact: AnyFact): InitiatorDecision {
    const kind = this.#saga.kindOf(fact.type);
    if (kind === 'compensation' || kind === 'impasse') return ignore(neverPlaced(fact));
    const { owner, initiation } = this.#saga;
    const { [owner]: whose } = fact.data as Readonly<Record<string, unknown>>;
    if ((kind !== 'step' && kind !== 'wait') || whose === undefined) return refuse(neverPlaced(fact));
    const data = this.#story.cancel({ [owner]: whose }, { code: NEVER_PLACED });
    return { ...refuse(neverPlaced(fact)), says: [{ type: initiation.cancels, data }] };
  }

  /**
   * Whoever was put back behind the saga's end hears again what leads there: after a success the first event, after a
   * cancellation the failure that all undo. Those that are there already repeat what they said.
   */
  #sayAgain(state: AnyState): InitiatorDecision {
    const { begins, cancels } = this.#saga.initiation;
    switch (state.status) {
      case 'CONFIRMED':
        return { kind: 'repeat', also: [{ type: begins, data: this.#story.begin(state) }] };
      case 'CANCELLED':
        return { kind: 'repeat', also: [{ type: cancels, data: this.#story.cancel(state, state.reason) }] };
      case 'PENDING':
      case 'CANCELLING':
        return repeat;
      default:
        return state satisfies never;
    }
  }

  /** What it was is gone: a success cannot be told again, and a cancellation by whoever knows whose it was. */
  #sayOfForgotten({ status }: AnyState, owner: string | undefined): InitiatorDecision {
    if (status !== 'CANCELLED' || owner === undefined) return ignore('what it was is forgotten');
    const data = this.#story.cancel({ [this.#saga.owner]: owner }, { code: FORGOTTEN });
    return { kind: 'repeat', also: [{ type: this.#saga.initiation.cancels, data }] };
  }

  /** The record is gone, and with it all that the others have acted for. */
  #sayOfLost(owner: string | undefined): InitiatorDecision {
    if (owner === undefined) return ignore('nobody says whose it was');
    const data = this.#story.cancel({ [this.#saga.owner]: owner }, { code: NEVER_PLACED });
    return { ...refuse('its record is lost'), says: [{ type: this.#saga.initiation.cancels, data }] };
  }

  #place(placed: Begun): InitiatorDecision {
    return {
      kind: 'accept',
      state: { ...placed, status: 'PENDING', answered: [] },
      says: [{ type: this.#saga.initiation.begins, data: this.#story.begin(placed) }],
    };
  }

  #cancel(state: AnyState, by: string): InitiatorDecision {
    switch (state.status) {
      case 'PENDING':
        return this.#startCancelling(state, by);
      case 'CONFIRMED':
        return refuse('it is confirmed');
      case 'CANCELLING':
      case 'CANCELLED':
        return repeat;
      default:
        return state satisfies never;
    }
  }

  #nudge(
    state: AnyState,
    { nowMs, deadlineMs }: { readonly nowMs: number; readonly deadlineMs: number },
  ): InitiatorDecision {
    switch (state.status) {
      case 'PENDING':
        if (isBeingUndone(state)) return this.#startCancelling(state, PARTICIPANT_FAILED);
        return nowMs - state.createdAtMs >= deadlineMs ? this.#startCancelling(state, 'DEADLINE') : repeat;
      case 'CANCELLING':
        return state.failure === this.#saga.initiation.cancels ? repeat : this.#escalate(state);
      case 'CONFIRMED':
      case 'CANCELLED':
        return state.isUntold ? repeat : ignore(`it is ${state.status}`);
      default:
        return state satisfies never;
    }
  }

  /** Succeeds once all completing events are heard. */
  #completed(state: AnyState, fact: AnyFact): InitiatorDecision {
    switch (state.status) {
      case 'PENDING': {
        // Of two participants that act side by side, one may succeed before the other fails.
        if (isBeingUndone(state)) return ignore('late success: others are undoing theirs already');
        const { heard: before = {}, answered: _, waits: __, impasses: ___, ...placed } = state;
        if (fact.type in before) return ignore(`${fact.type} was heard before`);
        const flaw = this.#story.flawsOf?.[fact.type]?.(placed, fact.data);
        if (flaw !== undefined) return refuse(flaw);
        const heard = andHeard(this.#saga, before, fact);
        const isComplete = this.#saga.completes.every((each) => each in heard);
        if (isComplete) return this.#succeed(placed, heard);
        return { kind: 'accept', state: { ...goneOn(this.#saga.publisherOf(fact.type), state), heard } };
      }
      case 'CONFIRMED':
        return repeat;
      case 'CANCELLING':
      case 'CANCELLED':
        return ignore(`late success: it is ${state.status}`);
      default:
        return state satisfies never;
    }
  }

  #succeed(placed: Begun, heard: Heard): InitiatorDecision {
    const { succeeds } = this.#saga.initiation;
    const { keeps, outcome } = this.#story.succeed(
      placed,
      Object.fromEntries(Object.keys(heard).map((type) => [type, dataHeard(this.#saga, heard, type)])),
    );
    return {
      kind: 'accept',
      state: { ...placed, status: 'CONFIRMED', ...keeps, ...this.#untold(succeeds) },
      says: [{ type: succeeds, data: outcome }],
    };
  }

  /** A participant that failed holds nothing and never will, so its failure counts as its answer too. */
  #failed(state: AnyState, fact: AnyFact): InitiatorDecision {
    const { type: failure } = fact;
    const publisher = this.#saga.publisherOf(failure);
    switch (state.status) {
      case 'PENDING': {
        const undoing = cancelled(withAnswerOf(publisher, state), this.#reasonOf(fact));
        return this.#waitOrEnd({ ...undoing, failure }, []);
      }
      case 'CONFIRMED':
        return refuse(`${failure} for a confirmed saga`);
      case 'CANCELLING':
        return this.#hearAnswer(
          state.reason.code === PARTICIPANT_FAILED ? { ...state, reason: this.#reasonOf(fact) } : state,
          publisher,
        );
      case 'CANCELLED':
        return repeat;
      default:
        return state satisfies never;
    }
  }

  /** A failure's data without the owner. If the data has no `code` text, the event type is the code. */
  #reasonOf({ type, data }: AnyFact): Reason {
    const { [this.#saga.owner]: _, ...said } = data as Readonly<Record<string, unknown>>;
    const reason = { code: constantCase(type), ...said };
    return typeof reason.code === 'string' ? reason : { ...reason, code: constantCase(type) };
  }

  #answered(state: AnyState, answer: string): InitiatorDecision {
    const by = this.#saga.publisherOf(answer);
    switch (state.status) {
      case 'PENDING':
        if (state.answered.includes(by)) return ignore(`${by} has answered already`);
        return { kind: 'accept', state: withAnswerOf(by, state) };
      case 'CONFIRMED':
        return refuse(`${answer} for a confirmed saga`);
      case 'CANCELLING':
        return this.#hearAnswer(state, by);
      case 'CANCELLED':
        return repeat;
      default:
        return state satisfies never;
    }
  }

  /** What is said of a participant's step may come after what has become of the step. */
  #waits(state: AnyState, { type, data }: AnyFact): InitiatorDecision {
    if (state.status !== 'PENDING') return ignore(`it is ${state.status}`);
    const by = this.#saga.publisherOf(type);
    const { answered, heard = {}, impasses = {} } = state;
    const hasDone = Object.keys(heard).some((step) => this.#saga.publisherOf(step) === by);
    // What cannot be undone has been done, too.
    if (hasDone || by in impasses || answered.includes(by)) return ignore(`${by} has gone on already`);
    const waits = { ...state.waits, [by]: whomIn(data) };
    if (state.waits?.[by] === waits[by]) return ignore(`${type} was heard before`);
    return { kind: 'accept', state: { ...state, waits } };
  }

  /** A step that cannot be undone. Its failure may come later. */
  #stuck(state: AnyState, { type, data }: AnyFact): InitiatorDecision {
    // Nobody has asked to undo what has succeeded.
    if (state.status === 'CONFIRMED') return refuse(`${type}, and it is CONFIRMED`);
    if (state.status === 'CANCELLED') return ignore('it is CANCELLED');
    const by = this.#saga.publisherOf(type);
    if (state.answered.includes(by)) return ignore(`${by} has gone on already`);
    const before = state.status === 'PENDING' ? state.impasses : state.waits;
    const now = { ...before, [by]: whomIn(data) };
    if (before?.[by] === now[by]) return ignore(`${type} was heard before`);
    return {
      kind: 'accept',
      state: state.status === 'PENDING' ? { ...goneOn(by, state), impasses: now } : { ...state, waits: now },
    };
  }

  #hearAnswer(state: AnyCancelling, by: string): InitiatorDecision {
    if (state.answered.includes(by)) return ignore(`${by} has answered already`);
    return this.#waitOrEnd(withAnswerOf(by, state));
  }

  /** Ends the saga if every participant that compensates its failure has answered. */
  #waitOrEnd(state: AnyCancelling, says?: readonly AnyFact[]): InitiatorDecision {
    const { answered, failure, waits: _, ...rest } = state;
    if (this.#compensatorsOf(failure).some((service) => !answered.includes(service))) {
      // Stryker disable next-line ConditionalExpression: a member that is undefined is read as one that is absent.
      return { kind: 'accept', state, ...(says === undefined ? {} : { says }) };
    }
    const { fails } = this.#saga.initiation;
    return {
      kind: 'accept',
      state: { ...rest, status: 'CANCELLED', ...this.#untold(fails) },
      says: [{ type: fails, data: this.#story.fail(rest, rest.reason) }],
    };
  }

  /** A failure that this version of the declaration no longer has is answered like the initiator's own. */
  #compensatorsOf(failure: string): readonly string[] {
    const { eventTypes, initiation } = this.#saga;
    return this.#saga.compensatorsOf(eventTypes.includes(failure) ? failure : initiation.cancels);
  }

  #startCancelling(state: AnyPending, code: string): InitiatorDecision {
    return this.#escalate(cancelled(state, { code }));
  }

  /** Says the initiator's own failure, which all compensate: at once, or if another failure is not answered. */
  #escalate(state: Omit<AnyCancelling, 'failure'>): InitiatorDecision {
    const { cancels } = this.#saga.initiation;
    return this.#waitOrEnd({ ...state, failure: cancels }, [
      { type: cancels, data: this.#story.cancel(state, state.reason) },
    ]);
  }

  #untold(outcome: string): { readonly isUntold?: true } {
    return this.#saga.isHeard(outcome) ? { isUntold: true } : {};
  }
}

const commands = new Set(['place', 'cancel', 'nudge', 'told', 'say-again']);

/** No event has such a name: event types have a dot. */
const isCommand = (input: Command | AnyFact): input is Command => commands.has(input.type);

/** A repeated request publishes the first event again while the saga is pending, in case it was lost. */
function placedAgain(state: AnyState, { fingerprint }: Begun): InitiatorDecision {
  if (fingerprint !== state.fingerprint) return refuse('the idempotency key came with another body before');
  return state.status === 'PENDING' ? repeat : ignore(`it is ${state.status}`);
}

function told(state: AnyState): InitiatorDecision {
  if (!('isUntold' in state)) return ignore('the outcome is told already');
  const { isUntold: _, ...rest } = state;
  return { kind: 'accept', state: rest };
}

/** Whom a participant waits for. */
const whomIn = (data: unknown): string => (data as { readonly waitingFor: string }).waitingFor;

/** A participant has failed, as others undo their steps, or cannot. */
const isBeingUndone = ({ answered, impasses }: Pending): boolean =>
  answered.length > 0 || impasses !== undefined;

/** Nothing is waited for any more but what nobody can undo. */
function cancelled(
  { heard: _, waits: __, impasses, ...state }: AnyPending,
  reason: Reason,
): Omit<AnyCancelling, 'failure'> {
  return { ...state, ...(impasses && { waits: impasses }), status: 'CANCELLING', reason };
}

function withAnswerOf<T extends Pending | Cancelling>(by: string, state: T): T {
  if (state.answered.includes(by)) return state;
  return { ...without(by, 'impasses', goneOn(by, state)), answered: [...state.answered, by] };
}

/** The participant waits for nobody any more. */
const goneOn = <T extends Pending | Cancelling>(by: string, state: T): T => without(by, 'waits', state);

function without<T extends Pending | Cancelling>(by: string, member: 'waits' | 'impasses', state: T): T {
  const { [member]: all, ...rest }: Partial<Pick<Pending, 'waits' | 'impasses'>> = state;
  if (all?.[by] === undefined) return state;
  const { [by]: _, ...others } = all;
  return (Object.keys(others).length === 0 ? rest : { ...rest, [member]: others }) as T;
}
