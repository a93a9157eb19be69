import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Channel, ChannelModel, ConfirmChannel } from 'amqplib';
import type { OutgoingMessage } from '../batch/messages.ts';
import { BrokerBlockedError, PublishError, UnroutableError } from '../batch/publish-error.ts';
import { within } from './within.ts';

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

/**
 * One connection with one confirm channel. A lost or retired link is never used again; the publisher opens another. One
 * that the broker blocks is kept: another would be blocked too, and the broker keeps even a closed one until its alarm
 * ends. https://www.rabbitmq.com/docs/connection-blocked
 */
export class Link {
  readonly #connection: ChannelModel;
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
  /** Why the broker blocks the connection, in its words. */
  #blocked: string | undefined;
  #unblockedMs = Number.NEGATIVE_INFINITY;

  constructor(
    connection: ChannelModel,
    channel: ConfirmChannel,
    userId: string,
    confirmTimeoutMs: number,
    { onRetired, close }: { readonly onRetired: () => void; readonly close: () => void },
  ) {
    this.#connection = connection;
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
    connection.on('blocked', (reason: unknown) => {
      this.#blocked = String(reason);
    });
    connection.on('unblocked', () => {
      this.#blocked = undefined;
      this.#unblockedMs = performance.now();
    });
    channel.on('error', (error) => this.#refused(error)).on('close', () => lose());
  }

  /** @throws BrokerBlockedError at once if the broker blocks the connection, or when no confirm came in time for that reason */
  async send(message: OutgoingMessage): Promise<void> {
    if (this.#blocked !== undefined) await this.#refuseIfBlocked();
    if (this.#lost !== undefined) throw this.#lost;
    await new Promise<void>((resolve, reject) => {
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

  /** A channel on the same connection. @throws BrokerBlockedError, as the broker would not read that it is wanted */
  async channel(): Promise<Channel> {
    if (this.#blocked !== undefined) await this.#refuseIfBlocked();
    if (this.#lost !== undefined) throw this.#lost;
    const opening = this.#connection.createChannel();
    try {
      const channel = await within(this.#confirmTimeoutMs, opening);
      return channel.on('error', () => {});
    } catch (error) {
      if (this.#blocked !== undefined) {
        opening.then((late) => late.close()).catch(() => {});
        throw this.#blockedError();
      }
      this.lose(error instanceof Error ? error.message : 'no channel');
      throw new ConnectionLostError('no channel was opened', { cause: error });
    }
  }

  /** After one turn of the event loop: if the environment was frozen, the news that the alarm is over is in its socket. */
  async #refuseIfBlocked(): Promise<void> {
    await nextTurn();
    if (this.#blocked !== undefined) throw this.#blockedError();
  }

  #blockedError(): BrokerBlockedError {
    return new BrokerBlockedError(`the broker takes no messages: ${this.#blocked ?? 'it did not until now'}`);
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

  /** One message closes the whole channel. It alone has failed; the others are published again on another link. */
  #refused(error: Error): void {
    const [, missing] = /NOT_FOUND - no exchange '([^']*)'/.exec(error.message) ?? [];
    const [, size] = /PRECONDITION_FAILED - message size (\d+) is larger than/.exec(error.message) ?? [];
    for (const pending of this.#pending) {
      const { exchange, messageId, body } = pending.message;
      if (exchange === missing) {
        this.#pending.delete(pending);
        pending.reject(new UnroutableError(`there is no exchange ${missing}`));
      } else if (Buffer.byteLength(body) === Number(size)) {
        this.#pending.delete(pending);
        pending.reject(new PublishError(`the broker takes no message of ${size} bytes: ${messageId}`));
      }
    }
    this.lose(error.message);
  }

  /**
   * A return precedes the confirm of the same message. Nobody awaits a message any more that was given up while the
   * broker blocked the connection. https://www.rabbitmq.com/docs/confirms#when-publishes-are-confirmed
   */
  #confirmed(pending: Pending, error: unknown): void {
    if (this.#lost !== undefined) return;
    this.#pending.delete(pending);
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
    this.#endIfRetired();
  }

  #endIfRetired(): void {
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
    const dueMs = oldest.sentMs + this.#confirmTimeoutMs;
    this.#watchdog = setTimeout(
      () => {
        this.#watchdog = undefined;
        this.#endOverdue();
      },
      Math.max(1, dueMs - performance.now()),
    );
  }

  /** A link that confirms nothing in time is dead, unless the broker has blocked it meanwhile. */
  #endOverdue(): void {
    const nowMs = performance.now();
    for (const pending of this.#pending) {
      if (nowMs - pending.sentMs < this.#confirmTimeoutMs) break;
      if (this.#blocked === undefined && this.#unblockedMs < pending.sentMs) {
        this.lose(`no confirm within ${this.#confirmTimeoutMs} ms`);
        return;
      }
      this.#pending.delete(pending);
      pending.reject(this.#blockedError());
    }
    this.#watch();
    this.#endIfRetired();
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
