import type { Account } from './management.ts';
import { HASHING_ALGORITHM, passwordHash } from './users.ts';

/**
 * The definitions file that a local node imports when it starts. Unlike the HTTP API, it needs no plugin.
 * https://www.rabbitmq.com/docs/definitions#import-on-boot
 */
export const definitionsOf = (accounts: readonly Account[], virtualHost = '/'): string =>
  JSON.stringify({
    users: accounts.map(({ user, password }) => ({
      name: user.name,
      password_hash: passwordHash(password),
      hashing_algorithm: HASHING_ALGORITHM,
      tags: user.tags,
    })),
    vhosts: [{ name: virtualHost }],
    permissions: accounts.map(({ user }) => ({ user: user.name, vhost: virtualHost, ...user.permissions })),
  });
