import * as z from 'zod';
import { type CallerId, Subject } from '../saga/ids.ts';
import type { Saga } from '../saga/saga.ts';
import type { Check } from './check.ts';
import type { HttpEvent } from './http.ts';
import { Problem } from './problem.ts';
import { isReader, OPERATOR, type Role, staffRolesOf } from './role.ts';

/** The caller, from a token that the authorizer has verified. */
export interface Caller {
  readonly id: CallerId;
  /** The role in which they act here. A token may have several. */
  readonly role: Role;
  /** What kind of owner the token says this is: limits may differ. */
  readonly class?: string;
}

/** Finds the caller, in any role. @throws Problem 403 if the token names nobody or an unknown role */
export function caller(saga: Saga): Check<{ caller: Caller }> {
  return {
    tells: { roles: [], problems: ['forbidden'] },
    before: ({ event, context }) => {
      const { roles, ...holder } = holderIn(saga, event);
      context.caller = { ...holder, role: roles[0] };
    },
  };
}

/** Finds the caller, in one of these roles only. An operator has every role but the owner's. @throws Problem 403 */
export function role(saga: Saga, ...needed: readonly Role[]): Check<{ caller: Caller }> {
  const accepted = needed.some((each) => each !== saga.ownerRole && each !== OPERATOR)
    ? [...needed, OPERATOR]
    : needed;
  return {
    tells: { roles: accepted, problems: ['forbidden'] },
    before: ({ event, context }) => {
      const { roles, ...holder } = holderIn(saga, event);
      const found = accepted.find((each) => roles.includes(each));
      if (found === undefined)
        throw new Problem('forbidden', `This needs the role ${accepted.join(' or ')}.`);
      context.caller = { ...holder, role: found };
    },
  };
}

const Authorized = z.object({ principalId: Subject, role: z.string(), class: z.string().optional() });

interface Holder {
  readonly id: CallerId;
  readonly roles: readonly [Role, ...Role[]];
  readonly class?: string;
}

/** An owner has no role besides. */
function holderIn(saga: Saga, { requestContext }: HttpEvent): Holder {
  const { data } = Authorized.safeParse(requestContext.authorizer);
  const [first = '', ...others] = data?.role.split(' ') ?? [];
  const staff = staffRolesOf(saga);
  const isOwner = first === saga.ownerRole && others.length === 0;
  if (data === undefined || !(isOwner || [first, ...others].every((each) => staff.includes(each)))) {
    throw new Problem(
      'forbidden',
      `The token has no valid subject, or its role is none of ${[saga.ownerRole, ...staff].join(', ')}.`,
    );
  }
  const { principalId: id, class: ownerClass } = data;
  return { id, roles: [first, ...others], ...(ownerClass === undefined ? {} : { class: ownerClass }) };
}

/** Some of the staff may read any saga; an owner, only its own. */
export function mayRead(saga: Saga, { id, role: its }: Caller, state: object): boolean {
  return isReader(its) || id === (state as Readonly<Record<string, unknown>>)[saga.owner];
}
