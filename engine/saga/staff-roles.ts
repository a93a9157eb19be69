/** All staff roles in one. */
export const OPERATOR = 'operator';
/** Reads any saga, and cancels it. */
export const SUPPORT = 'support';
/** Says how money, or whatever the outside would not undo, was settled by hand. Whoever cancels should not be who says so. */
export const SETTLEMENTS = 'settlements';
/** Reads, redrives and discards dead letters. */
export const DEAD_LETTERS = 'dead-letters';
/** Reads the audit and any saga, and changes nothing. */
export const AUDITOR = 'auditor';
/** Only in a token: a member of staff whose scopes say which of these roles they have. */
export const STAFF = 'staff';

/** The roles that every saga's staff may have. A saga may declare more, for functions of its own. */
export const commonRoles: readonly string[] = [OPERATOR, SUPPORT, SETTLEMENTS, DEAD_LETTERS, AUDITOR];
