import * as z from 'zod';
import { CallerId } from '../saga/ids.ts';
import type { Saga } from '../saga/saga.ts';
import type { HttpEvent, Middleware } from './http.ts';
import { Problem } from './problem.ts';
import { OPERATOR, type Role } from './role.ts';

/** Who calls, as the authorizer found in a token it verified. */
export interface Caller {
  readonly id: CallerId;
  readonly role: Role;
}

/** Finds who calls, in whatever role. @throws Problem 403 if the token names nobody, or a role that nobody has */
export function caller(saga: Saga): Middleware<{ caller: Caller }> {
  const find = callerIn(saga);
  return {
    before: ({ event, context }) => {
      context.caller = find(event);
    },
  };
}

/** Finds who calls, in this role only. @throws Problem 403 */
export function role(saga: Saga, needed: Role): Middleware<{ caller: Caller }> {
  const find = callerIn(saga);
  return {
    before: ({ event, context }) => {
      context.caller = find(event);
      if (context.caller.role !== needed) throw new Problem('forbidden', `This needs the role ${needed}.`);
    },
  };
}

function callerIn({ ownerRole }: Saga): (event: HttpEvent) => Caller {
  const Authorized = z.object({ principalId: CallerId, role: z.enum([ownerRole, OPERATOR]) });
  return ({ requestContext }) => {
    const parsed = Authorized.safeParse(requestContext.authorizer);
    if (!parsed.success) throw new Problem('forbidden', `The token names no ${ownerRole} or no known role.`);
    return { id: parsed.data.principalId, role: parsed.data.role };
  };
}

/** An operator may read what belongs to any saga, an owner what belongs to its own. */
export function mayRead(saga: Saga, { id, role: its }: Caller, state: object): boolean {
  return its === OPERATOR || id === (state as Readonly<Record<string, unknown>>)[saga.owner];
}
