import type * as z from 'zod';
import type { EventDefinition } from './event-definition.ts';
import type { EventKind } from './kinds.ts';

/** A participant's optional settings besides its part in the saga. */
export interface Settings {
  /** The name of its record in the API: `GET /…/{id}/{record}`. Without a name the API does not show it. */
  readonly record?: string;
  /** Secrets that its consumer needs to call the outside. The secret `stripe` is passed to it as STRIPE_SECRET. */
  readonly secrets?: readonly string[];
  /** What the staff may have done about its record, each by a file of that name: `POST /…/{id}/{record}/{act}`. */
  readonly acts?: readonly string[];
  /** Indexes of its table, for its own functions. */
  readonly indexes?: readonly TableIndex[];
}

/** A global secondary index that holds keys only. */
export interface TableIndex {
  readonly name: string;
  readonly partition: TableAttribute;
  readonly sort: TableAttribute;
}

export interface TableAttribute {
  readonly name: string;
  /** DynamoDB's names for a string and a number. */
  readonly type: 'S' | 'N';
}

/** The participant that begins every saga, follows it and declares the outcome. */
export interface Initiation<Type extends string = string> extends Settings {
  /** The step that it says first. */
  readonly begins: Type;
  /** Its own failure: someone cancelled, or the deadline passed. */
  readonly cancels: Type;
  /** The outcomes. */
  readonly succeeds: Type;
  readonly fails: Type;
}

/**
 * Any other participant. It acts once it has heard every event that it consumes, in any order; one that consumes outcomes, on
 * the one that its saga has.
 */
export interface Participation<Type extends string = string> extends Settings {
  readonly consumes: readonly Type[];
  readonly says: { readonly [T in Type]?: EventKind };
}

export type EventDefinitions = Readonly<Record<string, EventDefinition>>;
export type Participants<Type extends string = string> = Readonly<
  Record<string, Initiation<Type> | Participation<Type>>
>;

/** A saga's declaration. `define-saga.ts` derives everything else from it. */
export interface Declaration<
  Events extends EventDefinitions = EventDefinitions,
  Parts extends Participants = Participants,
  Owner extends string = string,
> {
  /** Part of the names of tables, functions and connections. */
  readonly name: string;
  /** The prefix of a saga's id, and the id's name in records, replies and paths. */
  readonly id: { readonly prefix: string; readonly name: string };
  /** The data's member that names the saga's owner: `travellerId` for the role `traveller`. */
  readonly owner: Owner;
  /** Roles of its staff, for functions of its own, besides those that every saga has. */
  readonly roles?: readonly string[];
  /** The events that must all be heard, in any order, before the saga succeeds. */
  readonly completes: readonly string[];
  readonly events: Events;
  readonly participants: Parts;
}

export const isInitiation = (part: Initiation | Participation): part is Initiation => 'begins' in part;

/** The event types that a participant says, with their kinds. */
export const saidBy = (part: Initiation | Participation): Readonly<Record<string, EventKind>> =>
  isInitiation(part)
    ? {
        [part.begins]: 'step',
        [part.cancels]: 'failure',
        [part.succeeds]: 'outcome',
        [part.fails]: 'outcome',
      }
    : // A member that is present has a kind.
      (part.says as Readonly<Record<string, EventKind>>);

/** The event types of one kind that a participant's entry says. */
export type Said<Part, Kind extends EventKind> = Part extends { readonly says: infer Says }
  ? { [T in keyof Says]: Says[T] extends Kind ? T & string : never }[keyof Says]
  : Part extends Initiation
    ? {
        readonly step: Part['begins'];
        readonly failure: Part['cancels'];
        readonly compensation: never;
        readonly outcome: Part['succeeds'] | Part['fails'];
        readonly wait: never;
        readonly impasse: never;
      }[Kind]
    : never;

export type EventData<Events extends EventDefinitions, T extends keyof Events> = Readonly<
  z.infer<Events[T]['schema']>
>;

/** An event without its envelope. Decisions take facts and say facts. */
export type FactOf<
  Events extends EventDefinitions,
  T extends keyof Events & string = keyof Events & string,
> = {
  [K in T]: { readonly type: K; readonly data: EventData<Events, K> };
}[T];

/** A fact of any saga. */
export interface AnyFact {
  readonly type: string;
  readonly data: unknown;
}
