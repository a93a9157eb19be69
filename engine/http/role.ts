/** Whom a verified token speaks for: the owner of sagas, whose role the declaration names, or an operator. */
export type Role = string;
export const OPERATOR: Role = 'operator';
