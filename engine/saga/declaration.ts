import type * as z from 'zod';
import type { EventDefinition } from './event-definition.ts';
import type { EventKind } from './kinds.ts';

/** What every participant may say of itself besides its part in the saga. */
export interface Settings {
  /** The name of its record in the API: `GET /…/{id}/{record}`. Without one nobody reads it. */
  readonly record?: string;
  /** Secrets of the outside world that its consumer needs, by name: `stripe` is given to it as STRIPE_SECRET. */
  readonly secrets?: readonly string[];
  /** Indexes of its table that its own functions query. */
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
  /** As DynamoDB calls them: a string or a number. */
  readonly type: 'S' | 'N';
}

/** The participant that begins every saga, hears what becomes of it and declares the outcome. */
export interface Initiation<Type extends string = string> extends Settings {
  /** The step that it says first. */
  readonly begins: Type;
  /** The failure that it says itself: somebody's wish, or a deadline that has passed. */
  readonly cancels: Type;
  /** The outcomes. */
  readonly succeeds: Type;
  readonly fails: Type;
}

/** Any other participant. It acts once it has heard everything that it consumes, in whatever order. */
export interface Participation<Type extends string = string> extends Settings {
  readonly consumes: readonly Type[];
  readonly says: { readonly [T in Type]?: EventKind };
}

export type EventDefinitions = Readonly<Record<string, EventDefinition>>;
export type Participants<Type extends string = string> = Readonly<
  Record<string, Initiation<Type> | Participation<Type>>
>;

/** A saga as it is declared. Everything else is derived from it: `define-saga.ts`. */
export interface Declaration<
  Events extends EventDefinitions = EventDefinitions,
  Parts extends Participants = Participants,
  Owner extends string = string,
> {
  /** In the names of tables, functions and connections. */
  readonly name: string;
  /** What one saga's id begins with, and what it is called in records, replies and paths. */
  readonly id: { readonly prefix: string; readonly name: string };
  /** The member of the data that says whose saga it is: `travellerId` for the role `traveller`. */
  readonly owner: Owner;
  /** The events that must all have been heard before the saga succeeds, in any order. */
  readonly completes: readonly string[];
  readonly events: Events;
  readonly participants: Parts;
}

export const isInitiation = (part: Initiation | Participation): part is Initiation => 'begins' in part;

/** What a participant says, and of which kind it is. */
export const saidBy = (part: Initiation | Participation): Readonly<Record<string, EventKind>> =>
  isInitiation(part)
    ? {
        [part.begins]: 'step',
        [part.cancels]: 'failure',
        [part.succeeds]: 'outcome',
        [part.fails]: 'outcome',
      }
    : // A member that is there has a kind.
      (part.says as Readonly<Record<string, EventKind>>);

/** The types of a kind of event that a participant's entry says. */
export type Said<Part, Kind extends EventKind> = Part extends { readonly says: infer Says }
  ? { [T in keyof Says]: Says[T] extends Kind ? T & string : never }[keyof Says]
  : Part extends Initiation
    ? {
        readonly step: Part['begins'];
        readonly failure: Part['cancels'];
        readonly compensation: never;
        readonly outcome: Part['succeeds'] | Part['fails'];
      }[Kind]
    : never;

export type EventData<Events extends EventDefinitions, T extends keyof Events> = Readonly<
  z.infer<Events[T]['schema']>
>;

/** What happened, without the envelope it travels in: what a decision takes and what it says. */
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
