/** Whom a verified token may speak for: a customer for its own orders, an operator for the shop. */
export const roles = ['customer', 'operator'] as const;
export type Role = (typeof roles)[number];
