/** The role in a verified token: the owner's, which the declaration names, or OPERATOR. */
export type Role = string;
export const OPERATOR: Role = 'operator';
