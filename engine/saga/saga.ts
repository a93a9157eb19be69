import type * as z from 'zod';
import type { AnyFact, Initiation, Participation } from './declaration.ts';
import type { sagaIds } from './ids.ts';
import type { EventKind } from './kinds.ts';

/** What became of reading an event's data. */
export type Reading<Fact extends AnyFact> =
  | { readonly kind: 'read'; readonly fact: Fact }
  | { readonly kind: 'unknown version' }
  | { readonly kind: 'flawed'; readonly error: z.ZodError };

/** A participant as the engine sees it: the initiator consumes what completes the saga. */
export type Part = (Initiation | Participation) & {
  readonly service: string;
  readonly consumes: readonly string[];
  readonly says: Readonly<Record<string, EventKind>>;
};

/** A declared saga, and all that follows from its declaration. */
export interface Saga<Fact extends AnyFact = AnyFact> {
  readonly name: string;
  /** What a saga's id is called in records, replies and paths, what it begins with, and its schema. */
  readonly id: {
    readonly name: string;
    readonly prefix: string;
    readonly schema: ReturnType<typeof sagaIds>;
  };
  /** The member of the data that says whose saga it is. */
  readonly owner: string;
  /** The role that a caller's token names if it may own a saga. */
  readonly ownerRole: string;
  readonly services: readonly string[];
  readonly initiator: string;
  /** What the initiator says. */
  readonly initiation: Pick<Initiation, 'begins' | 'cancels' | 'succeeds' | 'fails'>;
  readonly completes: readonly string[];
  readonly eventTypes: readonly string[];
  /** @throws Error if the saga has no such service */
  partOf(service: string): Part;
  /** @throws Error if nobody says it */
  publisherOf(type: string): string;
  /** @throws Error if nobody says it */
  kindOf(type: string): EventKind;
  /** The participants whose answer a failed saga needs before it has ended, in the declaration's order. */
  compensatorsOf(failure: string): readonly string[];
  /** Every event type that is routed to a participant's queue by name; failures reach it by fanout besides. */
  subscriptionsOf(service: string): readonly string[];
  /** Whether it takes part: it hears of failures. Others hear of an outcome only. */
  takesPart(service: string): boolean;
  /** Whether somebody has to hear this event for it not to be lost. */
  isHeard(type: string): boolean;
  /** Whether an event's data says whose saga it is. */
  carriesOwner(type: string): boolean;
  /** The version of a type that is said. */
  versionOf(type: string): number;
  readFact(type: string, version: number, data: unknown): Reading<Fact>;
}
