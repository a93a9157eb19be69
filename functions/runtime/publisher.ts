import amqp, { type Channel, type ChannelModel, type ConfirmChannel } from 'amqplib';
import { coalesceWrites } from './coalesce-writes.ts';
import type { Publisher } from './edges.ts';
import type { OutgoingMessage } from './messages.ts';
import { PublishError, UnroutableError } from './publish-error.ts';

class ConnectionLostError extends Error {
  override readonly name = 'ConnectionLostError';
}

/** How long a publisher tries before its caller hears of it. */
export interface Patience {
  readonly connectTimeoutMs: number;
  readonly confirmTimeoutMs: number;
  /** How often one message is offered to the broker; at least twice, so that a dead connection is replaced. */
  readonly offers: number;
}

/** For a queue's consumer: longer than a quorum queue takes under load, far shorter than it may run. */
export const PATIENT: Patience = { connectTimeoutMs: 3_000, confirmTimeoutMs: 5_000, offers: 3 };
/** For a request whose effect is durable already: somebody waits, and the schedule publishes what is overdue. */
export const HASTY: Patience = { connectTimeoutMs: 1_000, confirmTimeoutMs: 1_500, offers: 2 };

/**
 * A frozen Lambda environment sends no heartbeats and the broker closes the connection meanwhile; after the
 * thaw, missing ones are the first sign of it. https://www.rabbitmq.com/docs/heartbeats
 */
const HEARTBEAT_SECONDS = 10;

interface Pending {
  readonly message: OutgoingMessage;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

/** One connection and one confirm channel. Once lost or retired it stays so; the publisher opens another. */
class Link {
  readonly connection: ChannelModel;
  /** Vouched for by the broker: it refuses another user's name. https://www.rabbitmq.com/docs/validated-user-id */
  readonly #userId: string;
  readonly #channel: ConfirmChannel;
  readonly #pending = new Set<Pending>();
  /** How many returns have come for a message, by where it went and its id. */
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
      const pending = { message, resolve, reject };
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

  /** Everything unconfirmed may or may not have arrived: its senders publish it again on another link. */
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
   * A queue that is full tells each channel, and may never tell it that there is room again: what comes from now
   * on takes another channel, and this one ends with what is under way.
   * https://github.com/rabbitmq/rabbitmq-server/issues/12206
   */
  #retire(): void {
    this.#isRetired = true;
    this.#onRetired();
  }

  /** An exchange that is not there closes the channel for everybody; only its own messages cannot be published. */
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
    if (this.#isRetired && this.#pending.size === 0) this.lose('it was refused something');
  }

  #watch(): void {
    clearTimeout(this.#watchdog);
    if (this.#pending.size === 0) return;
    const limit = this.#confirmTimeoutMs;
    this.#watchdog = setTimeout(() => this.lose(`no confirm within ${limit} ms`), limit);
  }
}

const returnKey = (...parts: readonly string[]): string => parts.join('\n');

/**
 * Publishes with confirms over one connection per Lambda environment, opened when it is first needed. A lost
 * or frozen connection is noticed, replaced, and what it had not confirmed is published again under its id.
 */
export class RabbitPublisher implements Publisher {
  readonly #url: () => Promise<string>;
  readonly #name: string;
  readonly #patience: Patience;
  #link: Promise<Link> | undefined;

  constructor(options: {
    readonly url: () => Promise<string>;
    readonly name: string;
    readonly patience: Patience;
  }) {
    this.#url = options.url;
    this.#name = options.name;
    this.#patience = options.patience;
  }

  publish(message: OutgoingMessage): Promise<void> {
    return this.#onLink(message.messageId, (link) => link.send(message));
  }

  /** A channel for something else than publishing, on the same connection. Its user closes it. */
  channel(): Promise<Channel> {
    return this.#onLink('a channel', async (link) => {
      const opening = link.connection.createChannel();
      try {
        const channel = await within(this.#patience.confirmTimeoutMs, opening);
        return channel.on('error', () => {});
      } catch (error) {
        link.lose(error instanceof Error ? error.message : 'no channel');
        throw new ConnectionLostError('no channel was opened', { cause: error });
      }
    });
  }

  /** Does it on the present connection, and again on a new one if that turns out to be lost. */
  async #onLink<T>(what: string, work: (link: Link) => Promise<T>): Promise<T> {
    for (let offer = 1; ; offer += 1) {
      try {
        return await work(await this.#connected());
      } catch (error) {
        if (!(error instanceof ConnectionLostError)) throw error;
        if (offer === this.#patience.offers) throw new PublishError(`${what}: ${error.message}`);
      }
    }
  }

  #connected(): Promise<Link> {
    if (this.#link !== undefined) return this.#link;
    const link = this.#open(() => {
      if (this.#link === link) this.#link = undefined;
    });
    this.#link = link;
    return link;
  }

  async #open(gone: () => void): Promise<Link> {
    const { connectTimeoutMs, confirmTimeoutMs } = this.#patience;
    try {
      const url = new URL(await this.#url());
      const connection = await this.#connect(url);
      // The socket may be dead: nobody waits for the broker to agree that it is closed.
      const close = () => void connection.close().catch(() => {});
      try {
        const channel = await within(connectTimeoutMs, connection.createConfirmChannel());
        const userId = decodeURIComponent(url.username || 'guest');
        return new Link(connection, channel, userId, confirmTimeoutMs, { onRetired: gone, close });
      } catch (error) {
        close();
        throw error;
      }
    } catch (error) {
      gone();
      const reason = error instanceof Error ? error.message : String(error);
      throw new ConnectionLostError(`the broker is not reachable: ${reason}`, { cause: error });
    }
  }

  async #connect(url: URL): Promise<ChannelModel> {
    url.searchParams.set('heartbeat', String(HEARTBEAT_SECONDS));
    const connection = await amqp.connect(url.href, {
      // Without it Nagle's algorithm holds back each publish for a delayed acknowledgement, some 40 ms.
      noDelay: true,
      timeout: this.#patience.connectTimeoutMs,
      clientProperties: { connection_name: this.#name },
    });
    coalesceWrites(connection);
    // An error that nobody listens to ends the process, and the broker may go away before there is a channel.
    return connection.on('error', () => {});
  }
}

/** @throws Error if it takes longer; a late failure of what was waited for is nobody's concern any more */
async function within<T>(limitMs: number, promise: Promise<T>): Promise<T> {
  promise.catch(() => {});
  const timeout = Promise.withResolvers<never>();
  const timer = setTimeout(() => timeout.reject(new Error(`no answer within ${limitMs} ms`)), limitMs);
  try {
    return await Promise.race([promise, timeout.promise]);
  } finally {
    clearTimeout(timer);
  }
}

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
