import type { ChannelModel, ConfirmChannel } from 'amqplib';
import type { OutgoingMessage } from '../batch/messages.ts';
import { PublishError, UnroutableError } from '../batch/publish-error.ts';

/** Unconfirmed messages may or may not have arrived; publish them again on another connection. */
export class ConnectionLostError extends Error {
  override readonly name = 'ConnectionLostError';
}

interface Pending {
  readonly message: OutgoingMessage;
  readonly sentMs: number;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

/** One connection with one confirm channel. A lost or retired link is never used again; the publisher opens another. */
export class Link {
  readonly connection: ChannelModel;
  /** The broker refuses a user id that is not the connection's user. https://www.rabbitmq.com/docs/validated-user-id */
  readonly #userId: string;
  readonly #channel: ConfirmChannel;
  readonly #pending = new Set<Pending>();
  /** The number of returns of a message, by exchange, routing key and id. */
  readonly #returned = new Map<string, number>();
  readonly #confirmTimeoutMs: number;
  readonly #onRetired: () => void;
  readonly #close: () => void;
  #watchdog: NodeJS.Timeout | undefined;
  #isRetired = false;
  #lost: ConnectionLostError | undefined;

  constructor(
    connection: ChannelModel,
    channel: ConfirmChannel,
    userId: string,
    confirmTimeoutMs: number,
    { onRetired, close }: { readonly onRetired: () => void; readonly close: () => void },
  ) {
    this.connection = connection;
    this.#channel = channel;
    this.#userId = userId;
    this.#confirmTimeoutMs = confirmTimeoutMs;
    this.#onRetired = onRetired;
    this.#close = close;
    channel.on('return', ({ fields, properties }) => {
      const key = returnKey(fields.exchange, fields.routingKey, String(properties.messageId));
      this.#returned.set(key, (this.#returned.get(key) ?? 0) + 1);
    });
    const lose = (error?: Error) => this.lose(error?.message ?? 'the broker closed the connection');
    connection.on('error', lose).on('close', lose);
    channel.on('error', (error) => this.#refused(error)).on('close', () => lose());
  }

  send(message: OutgoingMessage): Promise<void> {
    if (this.#lost !== undefined) return Promise.reject(this.#lost);
    return new Promise((resolve, reject) => {
      const pending = { message, resolve, reject, sentMs: performance.now() };
      this.#pending.add(pending);
      this.#watch();
      try {
        const { exchange, routingKey } = message;
        this.#channel.publish(
          exchange,
          routingKey,
          bytes(message),
          options(message, this.#userId),
          (error: unknown) => this.#confirmed(pending, error),
        );
      } catch (error) {
        this.lose(error instanceof Error ? error.message : 'channel closed');
      }
    });
  }

  /** Rejects all unconfirmed messages: they may or may not have arrived, and are published again on another link. */
  lose(reason: string): void {
    if (this.#lost !== undefined) return;
    this.#lost = new ConnectionLostError(reason);
    clearTimeout(this.#watchdog);
    for (const { reject } of this.#pending) reject(this.#lost);
    this.#pending.clear();
    this.#onRetired();
    this.#close();
  }

  /**
   * A full queue tells each channel so, and may never tell a channel that it has room again. New messages take another
   * link, and this one ends when its own messages are settled.
   * https://github.com/rabbitmq/rabbitmq-server/issues/12206
   */
  #retire(): void {
    this.#isRetired = true;
    this.#onRetired();
  }

  /** A missing exchange closes the whole channel, but only the messages for that exchange are unroutable. */
  #refused(error: Error): void {
    const [, missing] = /NOT_FOUND - no exchange '([^']*)'/.exec(error.message) ?? [];
    for (const pending of this.#pending) {
      if (pending.message.exchange !== missing) continue;
      this.#pending.delete(pending);
      pending.reject(new UnroutableError(`there is no exchange ${missing}`));
    }
    this.lose(error.message);
  }

  /** A return precedes the confirm of the same message. https://www.rabbitmq.com/docs/confirms#when-publishes-are-confirmed */
  #confirmed(pending: Pending, error: unknown): void {
    if (!this.#pending.delete(pending)) return;
    this.#watch();
    const { exchange, routingKey, messageId } = pending.message;
    const key = returnKey(exchange, routingKey, messageId);
    const returns = this.#returned.get(key) ?? 0;
    if (returns > 1) this.#returned.set(key, returns - 1);
    else this.#returned.delete(key);
    if (returns > 0) {
      pending.reject(
        new UnroutableError(`no queue takes ${routingKey} from ${exchange || 'the default exchange'}`),
      );
    } else if (error) {
      pending.reject(new PublishError(`the broker refused ${messageId}`));
      this.#retire();
    } else pending.resolve();
    if (this.#isRetired && this.#pending.size === 0) this.lose('retired after the broker refused a message');
  }

  /** Times the oldest message. Later ones do not prolong its time: a link that is half open takes all and confirms none. */
  #watch(): void {
    const [oldest] = this.#pending;
    if (oldest === undefined) {
      clearTimeout(this.#watchdog);
      this.#watchdog = undefined;
      return;
    }
    if (this.#watchdog !== undefined) return;
    const limit = this.#confirmTimeoutMs;
    const check = () => {
      this.#watchdog = undefined;
      const [first] = this.#pending;
      if (first !== undefined && performance.now() - first.sentMs >= limit)
        this.lose(`no confirm within ${limit} ms`);
      else this.#watch();
    };
    this.#watchdog = setTimeout(check, Math.max(1, oldest.sentMs + limit - performance.now()));
  }
}

const returnKey = (...parts: readonly string[]): string => parts.join('\n');

const bytes = ({ body }: OutgoingMessage): Buffer => (typeof body === 'string' ? Buffer.from(body) : body);

const options = (
  { mandatory, messageId, type, contentType, headers, expirationMs }: OutgoingMessage,
  userId: string,
) => ({
  mandatory,
  userId,
  persistent: true,
  messageId,
  type,
  contentType,
  headers: headers ?? {},
  ...(expirationMs === undefined ? {} : { expiration: expirationMs }),
});
