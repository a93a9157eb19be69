import type { Account } from '../../broker/management.ts';
import { users } from '../../broker/users.ts';

/** Of every service's user, on a broker that listens on this machine alone. */
export const servicePassword = 'local';

export const serviceAccounts: readonly Account[] = users.map((user) => ({ user, password: servicePassword }));
