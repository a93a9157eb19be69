import amqp, { type Channel, type ChannelModel } from 'amqplib';
import type { Publisher } from '../batch/edges.ts';
import type { OutgoingMessage } from '../batch/messages.ts';
import { PublishError } from '../batch/publish-error.ts';
import { coalesceWrites } from './coalesce-writes.ts';
import { ConnectionLostError, Link } from './link.ts';

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

/**
 * Publishes with confirms over one connection per Lambda environment, opened when it is first needed. A lost
 * or frozen connection is noticed, replaced, and what it had not confirmed is published again under its id.
 */
export class RabbitPublisher implements Publisher {
  readonly #url: () => Promise<string>;
  readonly #name: string;
  readonly #patience: Patience;
  readonly #onRefused: (() => void) | undefined;
  #link: Promise<Link> | undefined;

  constructor(options: {
    readonly url: () => Promise<string>;
    readonly name: string;
    readonly patience: Patience;
    /** The broker does not know these credentials; `url` is asked for others before the next attempt. */
    readonly onRefused?: () => void;
  }) {
    this.#url = options.url;
    this.#name = options.name;
    this.#patience = options.patience;
    this.#onRefused = options.onRefused;
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
      if (reason.includes('ACCESS_REFUSED')) this.#onRefused?.();
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
