import * as z from 'zod';
import { compensatorsOf, publications } from './causality.ts';
import {
  type Declaration,
  type EventDefinitions,
  type FactOf,
  type Initiation,
  isInitiation,
  type Participants,
  type Participation,
  type Said,
  saidBy,
} from './declaration.ts';
import { declarationFlaws, hasMember, ownerRoleOf } from './declaration-flaws.ts';
import { readData } from './event-definition.ts';
import { sagaIds } from './ids.ts';
import { type EventKind, waitingKinds } from './kinds.ts';
import { withoutPersonal } from './personal-data.ts';
import type { Part, Saga } from './saga.ts';

/** A saga whose names the compiler knows. */
export interface DefinedSaga<
  Events extends EventDefinitions = EventDefinitions,
  Parts extends Participants = Participants,
  Owner extends string = string,
> extends Saga<FactOf<Events>> {
  readonly owner: Owner;
  readonly services: readonly (keyof Parts & string)[];
  readonly eventTypes: readonly (keyof Events & string)[];
  /** The declaration itself. */
  readonly events: Events;
  readonly participants: Parts;
  isFailure(fact: FactOf<Events>): fact is FactOf<Events, FailureOf<Parts> & keyof Events & string>;
}

/** The event types that a declaration calls failures. */
export type FailureOf<Parts extends Participants> = {
  [Service in keyof Parts]: Said<Parts[Service], 'failure'>;
}[keyof Parts];

/** Makes `says` with an undeclared event a compile error; a mapped type alone would accept it as an extra member. */
type SaysOnly<Type, Parts extends Participants> = {
  readonly [Service in keyof Parts]: Parts[Service] extends { readonly says: infer Says }
    ? { readonly says: { readonly [T in keyof Says]: T extends Type ? EventKind : never } }
    : unknown;
};

/** The declaration cannot keep the promises. The message lists the flaws, one a line. */
export class DeclarationError extends Error {
  override readonly name = 'DeclarationError';
  readonly flaws: readonly string[];

  constructor(saga: string, flaws: readonly string[]) {
    super(`the saga ${saga} cannot keep its promises:\n${flaws.map((flaw) => `  ${flaw}`).join('\n')}`);
    this.flaws = flaws;
  }
}

/**
 * Makes a saga of its declaration. Who undoes what, the subscriptions, and the answers that a failed saga waits for
 * follow from what each participant consumes and says.
 * @throws DeclarationError
 */
export function defineSaga<
  const Events extends EventDefinitions,
  const Parts extends Participants<keyof Events & string>,
  const Owner extends string,
>(
  declaration: Declaration<Events, Parts, Owner> & {
    readonly completes: readonly (keyof Events & string)[];
    readonly participants: SaysOnly<keyof Events, Parts>;
  },
): DefinedSaga<Events, Parts, Owner> {
  const untyped: Declaration = declaration;
  const flaws = declarationFlaws(untyped);
  if (flaws.length > 0) throw new DeclarationError(declaration.name, flaws);
  const { participants, events } = declaration;
  const services = Object.keys(participants);
  const initiator = services.find((service) => isInitiation(entryOf(participants, service))) ?? '';
  const published = publications(declaration);
  const undoers = new Map(services.map((service) => [service, compensatorsOf(service, declaration)]));
  const parts = new Map(services.map((service) => [service, partOf(service, declaration)]));
  const reports = [...published].flatMap(([type, { kind }]) =>
    kind === 'compensation' || waitingKinds.has(kind) ? [type] : [],
  );
  const owned = new Set(
    Object.keys(events).filter((type) => hasMember(events[type]?.schema, declaration.owner)),
  );
  const listenedTo = new Set([...parts.values()].flatMap(({ consumes }) => consumes));

  const publicationOf = (type: string) => {
    const publication = published.get(type);
    if (publication === undefined)
      throw new Error(`${type} has no publisher in the saga ${declaration.name}`);
    return publication;
  };
  const kindOf = (type: string) => publicationOf(type).kind;
  const known = (service: string): Part => {
    const part = parts.get(service);
    if (part === undefined) throw new Error(`the saga ${declaration.name} has no service ${service}`);
    return part;
  };
  const { prefix, name } = declaration.id;
  const { begins, cancels, succeeds, fails } = entryOf(participants, initiator) as Initiation;

  return {
    name: declaration.name,
    id: { name, prefix, schema: sagaIds(prefix) },
    owner: declaration.owner,
    ownerRole: ownerRoleOf(declaration),
    roles: declaration.roles ?? [],
    services,
    initiator,
    initiation: { begins, cancels, succeeds, fails },
    completes: declaration.completes,
    eventTypes: Object.keys(events),
    events,
    participants,
    partOf: known,
    publisherOf: (type) => publicationOf(type).service,
    kindOf,
    compensatorsOf: (failure) => undoers.get(publicationOf(failure).service) ?? [],
    subscriptionsOf: (service) =>
      service === initiator ? [...declaration.completes, ...reports] : known(service).consumes,
    takesPart: (service) => !known(service).consumes.some((type) => kindOf(type) === 'outcome'),
    isHeard: (type) => kindOf(type) !== 'outcome' || listenedTo.has(type),
    carriesOwner: (type) => owned.has(type),
    versionOf: (type) => events[type]?.version ?? 0,
    impersonal: ({ type, data }) =>
      withoutPersonal(events[type]?.schema ?? z.unknown(), declaration.owner, Object(data)),
    isFailure: (fact): fact is never => kindOf(fact.type) === 'failure',
    readFact: (type, version, data) => {
      const definition = events[type];
      const read = definition && readData(definition, version, data);
      if (read === undefined) return { kind: 'unknown version' };
      if (!read.success) return { kind: 'flawed', error: read.error };
      return { kind: 'read', fact: { type, data: read.data } as FactOf<Events> };
    },
  };
}

const entryOf = (participants: Participants, service: string): Initiation | Participation =>
  participants[service] ?? { consumes: [], says: {} };

function partOf(service: string, { participants, completes }: Declaration): Part {
  const part = entryOf(participants, service);
  const consumes = isInitiation(part) ? completes : part.consumes;
  return { ...part, service, consumes, says: saidBy(part) };
}
