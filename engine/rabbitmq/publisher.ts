import amqp, { type Channel, type ChannelModel } from 'amqplib';
import type { Publisher } from '../batch/edges.ts';
import type { OutgoingMessage } from '../batch/messages.ts';
import { PublishError } from '../batch/publish-error.ts';
import { coalesceWrites } from './coalesce-writes.ts';
import { ConnectionLostError, Link } from './link.ts';
import { readDeepHeadersAsBytes } from './shallow-headers.ts';
import { within } from './within.ts';

/** How long a publisher tries before it throws. */
export interface Patience {
  readonly connectTimeoutMs: number;
  readonly confirmTimeoutMs: number;
  /** The tries for one message: at least two, because the first may find a dead connection. */
  readonly offers: number;
}

/** For a queue consumer: longer than a quorum queue takes under load, far shorter than the function's timeout. */
export const PATIENT: Patience = { connectTimeoutMs: 3_000, confirmTimeoutMs: 5_000, offers: 3 };
/** For a request: its effect is durable already, its caller waits, and the schedule publishes overdue events. */
export const HASTY: Patience = { connectTimeoutMs: 1_000, confirmTimeoutMs: 1_500, offers: 2 };

/**
 * A frozen Lambda environment sends no heartbeats, so the broker closes the connection. After the thaw, missing
 * heartbeats are the first sign of that. https://www.rabbitmq.com/docs/heartbeats
 */
const HEARTBEAT_SECONDS = 10;

/**
 * Publishes with confirms over one connection per Lambda environment, opened at the first use. It replaces a lost or
 * frozen connection, and publishes unconfirmed messages again under their ids.
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
    /** Called when the broker refuses the credentials, before the next attempt calls `url` again. */
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

  /** A channel on the same connection, for anything but publishing. The caller closes it. */
  channel(): Promise<Channel> {
    return this.#onLink('a channel', (link) => link.channel());
  }

  /** Does the work on the present connection, and again on a new one if that connection is lost. */
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
      const url = new URL(await within(connectTimeoutMs, this.#url()));
      const connection = await this.#connect(url);
      // The socket may be dead, so do not wait for the broker to confirm the close.
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
    // amqplib's own `timeout` is of silence: a peer that sends a byte now and then is never given up.
    const socket = new AbortController();
    const options = {
      // Otherwise Nagle's algorithm holds back each publish for a delayed acknowledgement, some 40 ms.
      noDelay: true,
      signal: socket.signal,
      clientProperties: { connection_name: this.#name },
    };
    const opening = amqp.connect(url.href, options);
    const connection = await within(this.#patience.connectTimeoutMs, opening).catch((error: unknown) => {
      socket.abort();
      throw error;
    });
    coalesceWrites(connection);
    readDeepHeadersAsBytes(connection);
    // An 'error' event without a listener ends the process, and the broker may fail before there is a channel.
    return connection.on('error', () => {});
  }
}
