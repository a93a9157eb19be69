import type { OutgoingMessage } from './messages.ts';
import type { Store } from './store.ts';

/** The broker user that a service publishes as. */
export type UserOf = (service: string) => string;

export interface Publisher {
  /**
   * Resolves when the broker has confirmed the message.
   * @throws UnroutableError if no queue takes a mandatory message; PublishError if it was refused or the
   * broker could not be reached.
   */
  publish(message: OutgoingMessage): Promise<void>;
}

/** Everything a function touches outside itself. Given from outside, so that a simulation can stand in. */
export interface Edges {
  readonly store: Store;
  readonly publisher: Publisher;
  readonly now: () => number;
  readonly userOf: UserOf;
}
