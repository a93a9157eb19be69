import type { TableIndex } from './declaration.ts';

/** How the keys of the entries begin that say who did what. Each service keeps its own, in its table. */
export const AUDIT_PREFIX = 'audit#';

/** The entries of a day in their sequence. Nothing else in a table has these attributes. */
export const AUDIT = 'audit';
export const auditIndex: TableIndex = {
  name: AUDIT,
  partition: { name: 'auditDay', type: 'S' },
  sort: { name: 'auditAtMs', type: 'N' },
};

/** When DynamoDB may delete an item: seconds since 1970. It knows one such attribute of a table. */
export const EXPIRES = 'auditExpires';
