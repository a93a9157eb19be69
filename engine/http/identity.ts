import * as z from 'zod';
import { type CallerId, Subject } from '../saga/ids.ts';
import type { Saga } from '../saga/saga.ts';
import type { HttpEvent, Middleware } from './http.ts';
import { Problem } from './problem.ts';
import { OPERATOR, type Role } from './role.ts';

/** The caller, from a token that the authorizer has verified. */
export interface Caller {
  readonly id: CallerId;
  readonly role: Role;
  /** What kind of owner the token says this is: limits may differ. */
  readonly class?: string;
}

/** Finds the caller, in any role. @throws Problem 403 if the token names nobody or an unknown role */
export function caller(saga: Saga): Middleware<{ caller: Caller }> {
  return {
    before: ({ event, context }) => {
      context.caller = callerIn(saga, event);
    },
  };
}

/** Finds the caller, in this role only. @throws Problem 403 */
export function role(saga: Saga, needed: Role): Middleware<{ caller: Caller }> {
  return {
    before: ({ event, context }) => {
      context.caller = callerIn(saga, event);
      if (context.caller.role !== needed) throw new Problem('forbidden', `This needs the role ${needed}.`);
    },
  };
}

const Authorized = z.object({ principalId: Subject, role: z.string(), class: z.string().optional() });

function callerIn({ ownerRole }: Saga, { requestContext }: HttpEvent): Caller {
  const { data } = Authorized.safeParse(requestContext.authorizer);
  if (data === undefined || (data.role !== ownerRole && data.role !== OPERATOR)) {
    throw new Problem(
      'forbidden',
      `The token has no valid subject, or its role is neither ${ownerRole} nor ${OPERATOR}.`,
    );
  }
  const { principalId: id, role, class: ownerClass } = data;
  return { id, role, ...(ownerClass === undefined ? {} : { class: ownerClass }) };
}

/** An operator may read any saga; an owner, only its own. */
export function mayRead(saga: Saga, { id, role: its }: Caller, state: object): boolean {
  return its === OPERATOR || id === (state as Readonly<Record<string, unknown>>)[saga.owner];
}
