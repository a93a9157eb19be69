import { application } from '../../application.ts';
import type { Account } from '../../broker/management.ts';
import { administrator, usersOf } from '../../broker/users.ts';

/** Of every service's user, on a broker that listens on this machine alone. */
export const servicePassword = 'local';

export const serviceAccounts: readonly Account[] = usersOf(application).map((user) => ({
  user,
  password: servicePassword,
}));

/**
 * Of a broker that is ours. It may speak for others: whoever tests a broker has to say again what a service has said.
 * https://www.rabbitmq.com/docs/validated-user-id
 */
export const localAdministrator: Account = {
  user: { ...administrator('local'), tags: 'administrator,impersonator' },
  password: 'local',
};

export const localAccounts: readonly Account[] = [localAdministrator, ...serviceAccounts];
