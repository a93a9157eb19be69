import type * as z from 'zod';
import type { AnyFact, Initiation, Participation } from './declaration.ts';
import type { sagaIds } from './ids.ts';
import type { EventKind } from './kinds.ts';

/** The result of reading an event's data. */
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

/** A declared saga and everything derived from its declaration. */
export interface Saga<Fact extends AnyFact = AnyFact> {
  readonly name: string;
  /** The id's name in records, replies and paths, its prefix and its schema. */
  readonly id: {
    readonly name: string;
    readonly prefix: string;
    readonly schema: ReturnType<typeof sagaIds>;
  };
  /** The data's member that names the saga's owner. */
  readonly owner: string;
  /** The role of callers who may own a saga. */
  readonly ownerRole: string;
  /** Staff roles of its own. */
  readonly roles: readonly string[];
  readonly services: readonly string[];
  readonly initiator: string;
  /** The initiator's event types. */
  readonly initiation: Pick<Initiation, 'begins' | 'cancels' | 'succeeds' | 'fails'>;
  readonly completes: readonly string[];
  readonly eventTypes: readonly string[];
  /** @throws Error if the saga has no such service */
  partOf(service: string): Part;
  /** @throws Error if nobody says it */
  publisherOf(type: string): string;
  /** @throws Error if nobody says it */
  kindOf(type: string): EventKind;
  /** The participants whose answers a failed saga waits for, in the declaration's order. */
  compensatorsOf(failure: string): readonly string[];
  /** The event types routed to a participant's queue by name. Failures reach it by fanout. */
  subscriptionsOf(service: string): readonly string[];
  /** Whether the service takes part, and so hears of failures. Others consume an outcome only. */
  takesPart(service: string): boolean;
  /** Whether any participant must hear this event. */
  isHeard(type: string): boolean;
  /** Whether an event's data says whose saga it is. */
  carriesOwner(type: string): boolean;
  /** The version in which a type is published. */
  versionOf(type: string): number;
  /** An event's data without its owner and what is personal. */
  impersonal(fact: AnyFact): object;
  readFact(type: string, version: number, data: unknown): Reading<Fact>;
}
