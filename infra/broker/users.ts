import { createHash, randomBytes } from 'node:crypto';
import {
  deadLetterExchangeOf,
  deadQueueOf,
  exchangeOf,
  queueOf,
  redriveExchangeOf,
  returnExchangeOf,
} from '../../engine/saga/routes.ts';
import type { Saga } from '../../engine/saga/saga.ts';

/** Patterns that a name has to match as a whole. https://www.rabbitmq.com/docs/access-control#authorisation */
export interface Permissions {
  readonly configure: string;
  readonly write: string;
  readonly read: string;
}

export interface BrokerUser {
  readonly name: string;
  /** Comma-separated, empty for none. https://www.rabbitmq.com/docs/management#permissions */
  readonly tags: string;
  readonly permissions: Permissions;
}

/** One user for each service of a saga: it writes where it publishes, and reads what is its own. */
export const usersOf = (saga: Saga): readonly BrokerUser[] =>
  saga.services.map((service) => ({
    name: service,
    tags: '',
    permissions: {
      configure: '^$',
      write: oneOf([
        ...[...publishedTo(service, saga), deadLetterExchangeOf(service), redriveExchangeOf(service)].map(
          exactly,
        ),
        // Whatever the delays are.
        String.raw`${exactly(returnExchangeOf(service))}\..+`,
      ]),
      // However many shards its queue has.
      read: oneOf([
        ...[queueOf(service), deadQueueOf(service)].map(exactly),
        String.raw`${exactly(queueOf(service))}\.[0-9]+`,
      ]),
    },
  }));

/** Who makes the others, and everything else. https://www.rabbitmq.com/docs/management#permissions */
export const administrator = (name: string): BrokerUser => ({
  name,
  tags: 'administrator',
  permissions: { configure: '.*', write: '.*', read: '.*' },
});

function publishedTo(service: string, saga: Saga): ReadonlySet<string> {
  return new Set(Object.keys(saga.partOf(service).says).map((type) => exchangeOf(saga, type)));
}

function exactly(name: string): string {
  return name.replaceAll('.', String.raw`\.`);
}

function oneOf(patterns: readonly string[]): string {
  return `^(${[...new Set(patterns)].join('|')})$`;
}

/** How RabbitMQ keeps a password: a salt of 4 bytes before it. https://www.rabbitmq.com/docs/passwords#computing-password-hash */
export function passwordHash(password: string, salt: Buffer = randomBytes(4)): string {
  const hash = createHash('sha256').update(salt).update(password, 'utf8').digest();
  return Buffer.concat([salt, hash]).toString('base64');
}

export const HASHING_ALGORITHM = 'rabbit_password_hashing_sha256';
