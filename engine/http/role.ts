import type { Saga } from '../saga/saga.ts';
import { AUDITOR, commonRoles, OPERATOR, SETTLEMENTS, SUPPORT } from '../saga/staff-roles.ts';

export { AUDITOR, DEAD_LETTERS, OPERATOR, SETTLEMENTS, STAFF, SUPPORT } from '../saga/staff-roles.ts';

/** A role in a verified token: the owner's, which the declaration names, or one of the staff's. */
export type Role = string;

/** The staff roles of a saga: those of every saga, and its own. */
export const staffRolesOf = ({ roles }: Pick<Saga, 'roles'>): readonly Role[] => [...commonRoles, ...roles];

/** Staff who may read any saga. An operator may, too. */
export const READERS: readonly Role[] = [SUPPORT, SETTLEMENTS, AUDITOR];

export const isReader = (role: Role): boolean => role === OPERATOR || READERS.includes(role);
