import { causesOf } from '../../engine/saga/causality.ts';
import type { Declaration } from '../../engine/saga/declaration.ts';
import { pascalCase } from '../../engine/saga/names.ts';
import type { Saga } from '../../engine/saga/saga.ts';
import { SetupError } from '../local/processes/setup-error.ts';

/** A participant that is to be made. */
export interface Plan {
  readonly service: string;
  /** Its name in code: `giftCard` for the service `gift-card`. */
  readonly code: string;
  /** What its record is called in the API. */
  readonly record: string;
  /** What it acts on, and what else tells it whose saga it is. */
  readonly consumes: readonly string[];
  /** Undefined for a listener, which nothing depends on: it consumes an outcome. */
  readonly says: { readonly done: string; readonly refused: string; readonly undone: string } | undefined;
  readonly owner: string;
}

type Known = Saga & Pick<Declaration, 'events' | 'participants'>;

const NAME = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;
/** Folders beside the participants', and functions that are nobody's. */
const RESERVED = new Set(['identity', 'topology', 'authorizer']);

/**
 * What a new participant consumes and says.
 * @throws SetupError saying what to do
 */
export function planOf(saga: Known, service: string, after: string, record = service): Plan {
  for (const name of [service, record]) {
    if (NAME.test(name)) continue;
    throw new SetupError(
      `"${name}" is no name here: use small letters, digits and dashes, such as gift-card.`,
    );
  }
  if (saga.services.includes(service) || RESERVED.has(service)) {
    throw new SetupError(`"${service}" is there already. Choose another name.`);
  }
  const kinds = saga.eventTypes.filter((type) => ['step', 'outcome'].includes(saga.kindOf(type)));
  if (!kinds.includes(after)) {
    throw new SetupError(`"${after}" is nothing to act on. --after takes one of: ${kinds.join(', ')}.`);
  }
  const code = pascalCase(service).replace(/^./, (letter) => letter.toLowerCase());
  const says =
    saga.kindOf(after) === 'outcome'
      ? undefined
      : { done: `${record}.done`, refused: `${record}.refused`, undone: `${record}.undone` };
  return { service, code, record, says, owner: saga.owner, consumes: [after, ...ownerFrom(saga, after)] };
}

/** The nearest event before it that says whose saga it is, if it does not say so itself. */
function ownerFrom(saga: Known, after: string): readonly string[] {
  const saysOwner = (type: string) => {
    const schema: unknown = saga.events[type]?.schema;
    return (
      typeof schema === 'object' && schema !== null && 'shape' in schema && saga.owner in Object(schema.shape)
    );
  };
  if (saysOwner(after)) return [];
  const nearest = [...causesOf(saga.publisherOf(after), saga)].find(saysOwner);
  return nearest === undefined ? [] : [nearest];
}
