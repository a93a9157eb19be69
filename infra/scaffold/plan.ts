import * as z from 'zod';
import { causesOf } from '../../engine/saga/causality.ts';
import type { Declaration } from '../../engine/saga/declaration.ts';
import { DASHED, declarationFlaws, hasMember } from '../../engine/saga/declaration-flaws.ts';
import { v1 } from '../../engine/saga/event-definition.ts';
import type { EventKind } from '../../engine/saga/kinds.ts';
import { pascalCase } from '../../engine/saga/names.ts';
import type { Saga } from '../../engine/saga/saga.ts';
import { functionNamesOf } from '../functions/participant-functions.ts';
import { SetupError } from '../local/processes/setup-error.ts';

/** A participant that is to be made. */
export interface Plan {
  readonly service: string;
  /** Its name in code: `giftCard` for the service `gift-card`. */
  readonly code: string;
  /** What its record is called in the API. */
  readonly record: string;
  /** The events it acts on, and one that names the saga's owner if they do not. */
  readonly consumes: readonly string[];
  /** Empty for a listener, which nothing depends on: it consumes an outcome. */
  readonly says: readonly Saying[];
  readonly owner: string;
}

/** An event that it says, with the members of its data and what their schemas are called. */
interface Saying {
  readonly type: string;
  readonly kind: EventKind;
  readonly members: Readonly<Record<string, string>>;
}

/** What somebody wants. */
export interface Wish {
  readonly service: string;
  readonly after: string;
  readonly record?: string | undefined;
}

type Known = Saga & Pick<Declaration, 'events' | 'participants'>;

/**
 * What a new participant consumes and says. `functions` are the names of those that there are.
 * @throws SetupError saying what to do, one sentence each
 */
export function planOf(saga: Known, functions: readonly string[], wish: Wish): Plan {
  const { service, after, record = service } = wish;
  refuse(
    [...new Set([service, record])]
      .filter((name) => !DASHED.test(name))
      .map((name) => `"${name}" is no name here: use small letters, digits and dashes, such as gift-card.`),
  );
  const kinds = saga.eventTypes.filter((type) => ['step', 'outcome'].includes(saga.kindOf(type)));
  if (!kinds.includes(after)) {
    refuse([`"${after}" is nothing to act on. --after takes one of: ${kinds.join(', ')}.`]);
  }
  const plan = {
    service,
    code: pascalCase(service).replace(/^./, (letter) => letter.toLowerCase()),
    record,
    says: saga.kindOf(after) === 'outcome' ? [] : sayingsOf(record, saga.owner),
    owner: saga.owner,
    consumes: [after, ...ownerFrom(saga, after)],
  };
  refuse(takenBy(saga, functions, plan));
  refuse(declarationFlaws(declarationWith(saga, plan)).map((flaw) => `It could not be declared: ${flaw}.`));
  return plan;
}

const sayingsOf = (record: string, owner: string): readonly Saying[] => [
  { type: `${record}.done`, kind: 'step', members: { reference: 'Text.meta(pseudonymous)' } },
  {
    type: `${record}.refused`,
    kind: 'failure',
    members: { [owner]: pascalCase(owner), message: 'Text.meta(personal)' },
  },
  { type: `${record}.undone`, kind: 'compensation', members: {} },
];

/** What is there already, and what to do about it. Resources are called by names without dashes. */
function takenBy(
  saga: Known,
  functions: readonly string[],
  { service, record, says }: Plan,
): readonly string[] {
  const [likes] = saga.services.filter((each) => pascalCase(each) === pascalCase(service));
  if (likes !== undefined) return [`The participant "${likes}" is there already. Choose another name.`];
  const recorded = saga.services.find((each) => saga.partOf(each).record === record);
  if (recorded !== undefined)
    return [`The record "${record}" is ${recorded}’s already. Choose another with --record.`];
  return [
    ...says
      .filter(({ type }) => saga.eventTypes.includes(type))
      .map(({ type }) => `The event "${type}" is there already. Choose another record with --record.`),
    ...functionNamesOf(saga, { service, record, says: {} })
      .filter((name) => functions.includes(name))
      .map((name) => `The function "${name}" is there already. Choose another name or --record.`),
  ];
}

/** The declaration as it would be. */
function declarationWith(saga: Known, { service, record, consumes, says }: Plan): Declaration {
  const schemaOf = ({ members }: Saying) =>
    v1(z.object(Object.fromEntries(Object.keys(members).map((name) => [name, z.unknown()]))));
  return {
    ...saga,
    completes: [...saga.completes, ...completing(says)],
    events: { ...saga.events, ...Object.fromEntries(says.map((each) => [each.type, schemaOf(each)])) },
    participants: {
      ...saga.participants,
      [service]: { consumes, says: Object.fromEntries(says.map(({ type, kind }) => [type, kind])), record },
    },
  };
}

/** What a saga then waits for. */
export const completing = (says: Plan['says']): readonly string[] =>
  says.flatMap(({ type, kind }) => (kind === 'step' ? [type] : []));

/** The nearest event before it that says whose saga it is, if it does not say so itself. */
function ownerFrom(saga: Known, after: string): readonly string[] {
  const saysOwner = (type: string) => hasMember(saga.events[type]?.schema, saga.owner);
  if (saysOwner(after)) return [];
  const nearest = [...causesOf(saga.publisherOf(after), saga)].find(saysOwner);
  return nearest === undefined ? [] : [nearest];
}

function refuse(why: readonly string[]): void {
  if (why.length > 0) throw new SetupError(why.join('\n'));
}
