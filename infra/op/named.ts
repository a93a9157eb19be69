import type { Call } from '../../api/client.ts';
import { application } from '../application.ts';
import type { Ask } from './ask.ts';
import { Misuse } from './operation.ts';

/** A service that has dead letters, by what the API has calls for. */
type ServiceIn<C> = C extends `GET /dead-letters/${infer S}` ? S : never;
type Service = ServiceIn<Call>;

/** @throws Misuse */
export function serviceNamed(name: unknown): Service {
  if (typeof name === 'string' && application.services.includes(name)) return name as Service;
  throw new Misuse(
    `There is no service ${JSON.stringify(name)}. There are ${application.services.join(', ')}.`,
  );
}

/** The order to which an id belongs, whatever its kind; with a customer, their idempotency key. @throws Refusal if to none */
export async function orderNamed(id: string, customer: string | undefined, ask: Ask): Promise<string> {
  if (customer !== undefined) {
    const query = { idempotencyKey: id, customerId: customer };
    return (await ask('GET /lookup', { query })).body.orderId;
  }
  if (application.id.schema.safeParse(id).success) return id;
  return (await ask('GET /lookup', { query: { id } })).body.orderId;
}

/** The value of an option. */
export const textOf = (option: unknown): string | undefined =>
  typeof option === 'string' ? option : undefined;

/** What an act is for, which the audit keeps; or it is only to be tried. @throws Misuse */
export function intentionOf(options: Readonly<Record<string, unknown>>): {
  readonly dryRun: boolean;
  readonly reason?: string;
} {
  const reason = textOf(options.reason);
  const dryRun = options.dryRun === true;
  if (!dryRun && reason === undefined) throw new Misuse('Say why with --reason, or try it with --dry-run.');
  return { dryRun, ...(reason === undefined ? {} : { reason }) };
}

const DIGEST = /^[0-9a-f]{32}$/;

/** Dead letters by the ids of their messages, or by their digests. Nothing for no ids. @throws Misuse for both together */
export function selectionOf(ids: readonly string[]): {
  readonly messageIds?: readonly string[];
  readonly digests?: readonly string[];
} {
  if (ids.length === 0) return {};
  if (ids.every((id) => DIGEST.test(id))) return { digests: ids };
  if (ids.some((id) => DIGEST.test(id)))
    throw new Misuse('Name dead letters by their ids or by their digests, one kind in a command.');
  return { messageIds: ids };
}

/** A number of things to list. @throws Misuse */
export function limitOf(option: unknown, usual: number): number {
  if (option === undefined) return usual;
  if (typeof option === 'string' && /^[1-9]\d{0,4}$/.test(option)) return Number(option);
  throw new Misuse('--limit is a number from 1 to 99999.');
}
