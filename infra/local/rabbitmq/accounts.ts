import { application } from '../../application.ts';
import type { Account } from '../../broker/management.ts';
import { administrator, usersOf } from '../../broker/users.ts';

/** The password of every service's user, on a broker that listens on this machine only. */
export const servicePassword = 'local';

export const serviceAccounts: readonly Account[] = usersOf(application).map((user) => ({
  user,
  password: servicePassword,
}));

/**
 * The administrator of a local broker. It may impersonate other users: tests publish a service's messages again.
 * https://www.rabbitmq.com/docs/validated-user-id
 */
export const localAdministrator: Account = {
  user: { ...administrator('local'), tags: 'administrator,impersonator' },
  password: 'local',
};

export const localAccounts: readonly Account[] = [localAdministrator, ...serviceAccounts];
