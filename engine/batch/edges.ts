import type { OutgoingMessage } from './messages.ts';
import type { Store } from './store.ts';

/** The broker user that a service publishes as. */
export type UserOf = (service: string) => string;

export interface Publisher {
  /**
   * Resolves when the broker has confirmed the message.
   * @throws UnroutableError if no queue takes a mandatory message; PublishError if the broker refuses the message or
   * cannot be reached.
   */
  publish(message: OutgoingMessage): Promise<void>;
}

/** Everything outside itself that a function touches if it publishes nothing. */
export interface TableEdges {
  readonly store: Store;
  readonly now: () => number;
}

/** Everything outside itself that a function touches. It is an argument, so a simulation can stand in. */
export interface Edges extends TableEdges {
  readonly publisher: Publisher;
  readonly userOf: UserOf;
}

/** The length of the longest queue whose length this user may read. @throws if the broker does not say */
export type Backlog = () => Promise<number>;
