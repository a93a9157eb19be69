import type * as z from 'zod';
import type { Decision } from './decision.ts';
import type { AnyFact, EventData, EventDefinitions, Participants, Said } from './declaration.ts';
import { hasMember, overwritingFlaws } from './declaration-flaws.ts';
import { DeclarationError, type DefinedSaga } from './define-saga.ts';
import { externalDecision } from './external-decision.ts';
import { recallingDecision } from './external-recall.ts';
import { externalSchema } from './external-schema.ts';
import { settled } from './external-settled.ts';
import {
  type Answer,
  type Call,
  defaultNames,
  type ExternalCommand,
  type ExternalState,
  type ExternalUse,
  type Names,
} from './external-state.ts';
import type { SagaId } from './ids.ts';
import type { EventKind } from './kinds.ts';
import type { Saga } from './saga.ts';
import type { Table } from './table.ts';

/**
 * The outside that a step asks, for instance a carrier. A throw means that the answer is unknown: the same call is made
 * again later. `again`: the call may have been made before. `unwanted`: the saga has failed meanwhile, so an outside
 * that has not decided yet may withdraw the request and answer that it is refused.
 */
export interface Outside<
  Request,
  Result,
  Refusal,
  Done,
  Undone,
  Wait = never,
  Action = never,
  Reason = never,
> {
  call(
    sagaId: SagaId,
    request: Request,
    again: boolean,
    unwanted?: boolean,
  ): Promise<
    | { readonly done: Result }
    | { readonly refused: Refusal }
    /** It was done and cannot be kept, since others have undone a part of it. The rest is undone, and then it is refused. */
    | { readonly revoked: Result; readonly refusal: Refusal }
    /** Somebody has to act first: what is said of that, and what only the saga's owner is told. */
    | { readonly waits: Wait; readonly action: Action }
    | Pending
  >;
  /** `done`: the kept members of the request, and the result. Resolves when nothing is held any more. */
  undo(sagaId: SagaId, done: Done, again: boolean): Promise<Undone | Pending | Impasse<Reason>>;
}

/** An outside that others can ask, too: people at a dashboard, or a bank. */
export interface Observable<Done, Observed> {
  /** What others have done about it since. */
  observe(sagaId: SagaId, done: Done): Promise<Observed>;
}

/** An outside whose calls are made with something of its own, such as the id of what is going to be booked. */
export interface Preparing<Request, Prepared, Refusal> {
  /**
   * Gets what the call is made with. Its answer is written before the call. It may be made again, or for nothing, as a
   * crash may come before the write: that must do no harm.
   */
  prepare(
    sagaId: SagaId,
    request: Request,
  ): Promise<{ readonly prepared: Prepared } | { readonly refused: Refusal }>;
}

/** An outside that finds by a saga's id what it holds, and so whatever a restored table has forgotten. */
export interface Recalling<Held, Refusal> {
  /**
   * What it holds of a saga; undefined if nothing. `known.done`: what the record says that it has done. With a refusal, the
   * saga has had that undone since. `known.unwanted`: the saga has failed, so what is not done yet is withdrawn first.
   */
  recall(
    sagaId: SagaId,
    known: { readonly done?: object; readonly unwanted: boolean },
  ): Promise<{ readonly held: Held; readonly refusal?: Refusal } | undefined>;
}

/** The outside has not decided yet, and says so. It is asked again when the schedule comes to the saga. */
export class Pending {
  readonly reason: string;

  constructor(reason: string) {
    this.reason = reason;
  }
}

/** The outside will never undo it. The reason is what the event says. */
export class Impasse<Reason> {
  readonly reason: Reason;

  constructor(reason: Reason) {
    this.reason = reason;
  }
}

/** The outside of any step. */
export type AnyOutside = Outside<never, object, object, never, object, object, object, object> &
  Partial<Preparing<never, object, object> & Observable<never, object> & Recalling<object, object>>;

/** How a service uses the step that asks the outside. */
export interface ExternalOptions<
  Asks extends z.ZodObject,
  Kept extends string,
  Voided extends string,
  Prepares extends z.ZodObject | undefined = undefined,
  Resolved extends string = string,
  Action extends z.ZodObject | undefined = undefined,
  Observes extends z.ZodObject | undefined = undefined,
> {
  /** The members of its events that go into the request. The record holds them until the outside has answered. */
  readonly asks: Asks;
  /** What the outside's `prepare` answers. It goes into the request, too. */
  readonly prepares?: Prepares;
  /** The members of the request that the record keeps for good and its events carry. */
  readonly keeps?: readonly Kept[];
  /** The compensation for "nothing was done", if it differs from the one for "it is undone". */
  readonly voided?: Voided;
  /** The compensation for "a person has settled what the outside would not undo". Its data has the `resolution`. */
  readonly resolved?: Resolved;
  /** What the record tells the saga's owner, and nobody else, while the step waits for somebody. */
  readonly action?: Action;
  /** What others may do about it afterwards. The record tells it; the saga does not change. */
  readonly observes?: Observes;
  /** The service's own names for states and answers. */
  readonly names?: Partial<Names>;
}

/** A step that asks the outside: its decision and its table. */
export interface ExternalStep<O extends AnyOutside = AnyOutside> {
  readonly saga: Saga;
  readonly service: string;
  readonly names: Names;
  readonly table: Table<ExternalState>;
  /** The members of the request that the record has no longer once the outside has answered. */
  readonly forgets: readonly string[];
  /** The event that comes first for a saga, if the step consumes only one. */
  readonly opens?: string;
  /** The compensation for "nothing was done", if the step has one. */
  readonly voided?: string;
  /** The compensation for "a person has settled it", if the step has one. */
  readonly resolved?: string;
  readonly decide: (
    state: ExternalState | undefined,
    input: AnyFact | Answer | ExternalCommand,
  ) => Decision<ExternalState, Call>;
  /** The same once its table was restored: `external-recall.ts`. */
  readonly decideRecalling: (
    state: ExternalState | undefined,
    input: AnyFact | Answer | ExternalCommand,
  ) => Decision<ExternalState, Call>;
  /** Whether the outside prepares the call. */
  readonly isPrepared: boolean;
  /** Never set: it only carries the type of the outside. */
  readonly outside?: O;
}

/** The data of an event that a participant says, without some members; any object if it says none. */
type DataOf<Events extends EventDefinitions, T, Without extends string> = [T] extends [keyof Events & string]
  ? [T] extends [never]
    ? object
    : Omit<EventData<Events, T>, Without>
  : object;

/** What the declaration has no event for cannot be answered: a step without a failure is never refused. */
type RefusalOf<Events extends EventDefinitions, T, Owner extends string> = [T] extends [never]
  ? never
  : DataOf<Events, T, Owner>;

/**
 * Makes a participant's external step. The events that it says follow from its entry in the declaration.
 * @throws DeclarationError if no consumed event has a member of the request, or if an event could not always be said
 */
export function externalStep<
  Events extends EventDefinitions,
  Parts extends Participants,
  Owner extends string,
  const Service extends keyof Parts & string,
  Asks extends z.ZodObject,
  const Kept extends (keyof z.infer<Asks> | PreparedName<Prepares>) & string = never,
  const Voided extends Said<Parts[Service], 'compensation'> = never,
  const Resolved extends Said<Parts[Service], 'compensation'> = never,
  Prepares extends z.ZodObject | undefined = undefined,
  Action extends z.ZodObject | undefined = undefined,
  Observes extends z.ZodObject | undefined = undefined,
>(
  saga: DefinedSaga<Events, Parts, Owner>,
  service: Service,
  options: ExternalOptions<Asks, Kept, Voided, Prepares, Resolved, Action, Observes>,
): ExternalStep<
  Outside<
    z.infer<Asks> & (Prepares extends z.ZodObject ? z.infer<Prepares> : unknown),
    DataOf<Events, Said<Parts[Service], 'step'>, Kept | Owner>,
    RefusalOf<Events, Said<Parts[Service], 'failure'>, Owner>,
    DataOf<Events, Said<Parts[Service], 'step'>, Owner>,
    DataOf<Events, Exclude<Said<Parts[Service], 'compensation'>, Voided | Resolved>, Kept | Owner>,
    RefusalOf<Events, Said<Parts[Service], 'wait'>, Owner>,
    Action extends z.ZodObject ? z.infer<Action> : object,
    RefusalOf<Events, Said<Parts[Service], 'impasse'>, Owner>
  > &
    (Observes extends z.ZodObject
      ? Observable<DataOf<Events, Said<Parts[Service], 'step'>, Owner>, z.infer<Observes>>
      : unknown) &
    (Prepares extends z.ZodObject
      ? Preparing<
          z.infer<Asks>,
          z.infer<Prepares>,
          RefusalOf<Events, Said<Parts[Service], 'failure'>, Owner>
        > &
          Partial<
            Recalling<
              z.infer<Prepares> & Partial<z.infer<Asks>>,
              RefusalOf<Events, Said<Parts[Service], 'failure'>, Owner>
            >
          >
      : unknown)
> {
  const names = { ...defaultNames, ...options.names };
  const { asks, prepares, keeps = [], voided, resolved, action, observes } = options;
  const use: ExternalUse = { service, asks, prepares, keeps, voided, resolved, action, observes, names };
  const { consumes } = saga.partOf(service);
  const [first, ...others] = consumes;
  const saysVoid = voided ?? saidOf(saga, service, 'compensation').find((type) => type !== resolved);
  const flaws = stepFlaws(saga, use, saysVoid);
  if (flaws.length > 0) throw new DeclarationError(saga.name, flaws);
  // What is heard first is written unread. A call that is prepared for nothing costs more than the read.
  const isOpened = others.length === 0 && prepares === undefined;
  const decide = externalDecision(saga, use);
  return {
    saga,
    service,
    names,
    decide,
    decideRecalling: recallingDecision(saga, use, decide),
    table: {
      saga,
      key: (sagaId) => sagaId,
      schema: externalSchema(saga, use),
      settled: (state, isUnwanted) =>
        settled(names, keeps, saga.owner, state, isUnwanted && saysVoid === undefined),
    },
    forgets: Object.keys(asks.shape).filter((name) => !keeps.some((kept) => kept === name)),
    isPrepared: prepares !== undefined,
    ...(first === undefined || !isOpened ? {} : { opens: first }),
    ...(saysVoid === undefined ? {} : { voided: saysVoid }),
    ...(resolved === undefined ? {} : { resolved }),
  };
}

/** The names of what is prepared. */
type PreparedName<Prepares> = Prepares extends z.ZodObject ? keyof z.infer<Prepares> : never;

const saidOf = (saga: Saga, service: string, kind: EventKind): readonly string[] => {
  const { says } = saga.partOf(service);
  return Object.keys(says).filter((type) => says[type] === kind);
};

/** Members that the record of a step has for the engine's own use. */
const ENGINES_OWN = ['status', 'heard', 'refusal', 'revoked', 'action', 'impasse', 'observed'];

function stepFlaws(
  saga: Saga & { readonly events: EventDefinitions },
  { service, asks, prepares, voided, resolved }: ExternalUse,
  saysVoid: string | undefined,
): readonly string[] {
  const { consumes } = saga.partOf(service);
  const unheard = Object.keys(asks.shape).filter(
    (name) => !consumes.some((type) => hasMember(saga.events[type]?.schema, name)),
  );
  const [, ...otherFailures] = saidOf(saga, service, 'failure');
  const [, ...otherAnswers] = saidOf(saga, service, 'compensation').filter(
    (type) => type !== voided && type !== resolved,
  );
  const [impasse] = saidOf(saga, service, 'impasse');
  const neverVoid =
    saysVoid !== undefined &&
    saga.readFact(saysVoid, saga.versionOf(saysVoid), { [saga.owner]: 'anybody' }).kind !== 'read';
  const spoken = Object.keys(saga.partOf(service).says).map((type) => saga.events[type]?.schema);
  return [
    ...overwritingFlaws(service, ENGINES_OWN, [asks, prepares, ...spoken]),
    ...unheard.map(
      (name) =>
        `${service} asks with ${name}, which no event that it consumes has: consume an event with it, too`,
    ),
    ...otherFailures.map(
      (type) =>
        `${service} never says ${type}: a step that asks the outside has one failure, so let its data tell why`,
    ),
    ...otherAnswers.map(
      (type) =>
        `${service} never says ${type}: declare one compensation, and others only as "voided" and "resolved"`,
    ),
    ...((impasse === undefined) === (resolved === undefined)
      ? []
      : [
          `${service} needs an impasse and a compensation named as "resolved", or neither: a person ends what the outside does not undo`,
        ]),
    ...(resolved !== undefined && !hasMember(saga.events[resolved]?.schema, 'resolution')
      ? [`${resolved} does not say how it was resolved: add resolution to its schema`]
      : []),
    ...(neverVoid
      ? [
          `${saysVoid} says what was undone, but nothing may have been done: let its members be optional, or declare another compensation and name it as "voided"`,
        ]
      : []),
  ];
}
