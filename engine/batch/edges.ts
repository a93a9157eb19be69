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

/** What a function that publishes nothing touches outside itself. */
export interface TableEdges {
  readonly store: Store;
  readonly now: () => number;
}

/** Everything a function touches outside itself. Given from outside, so that a simulation can stand in. */
export interface Edges extends TableEdges {
  readonly publisher: Publisher;
  readonly userOf: UserOf;
}

/** How many messages wait in the longest of the queues that may be asked about. @throws if the broker does not say */
export type Backlog = () => Promise<number>;
