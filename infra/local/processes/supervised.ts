import type { Part } from './part.ts';

/** What a part of the system may take hold of in the others: each by what started it, never by a name or a port. */
export interface Supervised {
  readonly parts: Readonly<Record<'api' | 'rabbitmq' | 'dynamodb' | 'payments', Part>>;
  /** The environment of the functions. */
  readonly environment: Readonly<Record<string, string>>;
  /** Whether everything has been started, and nothing is being stopped. */
  readonly isUp: () => boolean;
}
