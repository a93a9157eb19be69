import amqp, { type Channel, type ChannelModel, type ConsumeMessage } from 'amqplib';
import type { Settlement } from './settlement.ts';

/** The channel that messages came from. After its end both calls do nothing: the broker has put everything back. */
export type Settler = {
  readonly acknowledge: (settlement: Settlement) => void;
  readonly requeue: (settlement: Settlement) => void;
};

/** Who gets the messages. Between `attach` and `detach` they can be settled, afterwards they come again. */
export type Receiver = {
  readonly attach: (settler: Settler) => void;
  readonly receive: (message: ConsumeMessage) => void;
  readonly detach: () => void;
};

export type Consumption = {
  readonly brokerUrl: string;
  readonly virtualHost: string;
  readonly queue: string;
  readonly prefetch: number;
  readonly connectionName: string;
};

/** One connection with one consumer, from its opening to its end. */
export type BrokerSession = {
  /** Resolves, never rejects, when the connection, the channel or the consumer has ended. */
  readonly ended: Promise<Error>;
  /** No more messages come after it resolved. */
  readonly cancel: () => Promise<void>;
  /** Safe to call in any state; what is not settled goes back to the queue. */
  readonly close: () => Promise<void>;
};

const connectTimeoutMs = 10_000;
const closeTimeoutMs = 5_000;

export async function openSession(consumption: Consumption, receiver: Receiver): Promise<BrokerSession> {
  const url = new URL(consumption.brokerUrl);
  url.pathname = `/${encodeURIComponent(consumption.virtualHost)}`;
  const connection = await amqp.connect(url.href, {
    // Without it, Nagle's algorithm and the broker's delayed acknowledgement add 40 ms to small frames.
    noDelay: true,
    timeout: connectTimeoutMs,
    clientProperties: { connection_name: consumption.connectionName },
  });
  const ending = new Ending(receiver);
  // 'error' comes before 'close' and says more; a connection that an operator closes has no 'error'.
  connection.on('error', ending.reach);
  connection.on('close', (error) => ending.reach(error ?? new Error('the connection was closed')));
  try {
    return await consume(connection, consumption, receiver, ending);
  } catch (error) {
    await closeQuietly(connection);
    throw error;
  }
}

/** The first of the many ways in which a session ends; the receiver hears of it before anything else can happen. */
class Ending {
  readonly #receiver: Receiver;
  readonly #reached = Promise.withResolvers<Error>();
  isReached = false;

  constructor(receiver: Receiver) {
    this.#receiver = receiver;
  }

  get promise(): Promise<Error> {
    return this.#reached.promise;
  }

  readonly reach = (reason: Error): void => {
    if (this.isReached) return;
    this.isReached = true;
    this.#receiver.detach();
    this.#reached.resolve(reason);
  };
}

async function consume(
  connection: ChannelModel,
  { queue, prefetch }: Consumption,
  receiver: Receiver,
  ending: Ending,
): Promise<BrokerSession> {
  const channel = await connection.createChannel();
  channel.on('error', ending.reach);
  channel.on('close', () => ending.reach(new Error('the channel was closed')));
  await channel.prefetch(prefetch);
  receiver.attach(settlerOf(channel, ending));
  const { consumerTag } = await channel.consume(queue, (message) => {
    if (message === null) ending.reach(new Error(`queue ${queue} was deleted, or its node has gone`));
    else if (!ending.isReached) receiver.receive(message);
  });
  return {
    ended: ending.promise,
    cancel: () => cancelQuietly(channel, consumerTag),
    close: () => closeQuietly(connection, channel),
  };
}

function settlerOf(channel: Channel, ending: Ending): Settler {
  const settle = (
    { upTo, singly }: Settlement,
    send: (message: ConsumeMessage, upTo: boolean) => void,
  ): void => {
    if (ending.isReached) return;
    if (upTo) send(upTo, true);
    for (const message of singly) send(message, false);
  };
  return {
    acknowledge: (settlement) => settle(settlement, (message, upTo) => channel.ack(message, upTo)),
    requeue: (settlement) => settle(settlement, (message, upTo) => channel.nack(message, upTo, true)),
  };
}

async function cancelQuietly(channel: Channel, consumerTag: string): Promise<void> {
  try {
    await channel.cancel(consumerTag);
  } catch {
    // The channel has ended, and its consumer with it.
  }
}

/**
 * Acknowledgements wait in the channel's own buffer, which the connection's farewell would overtake; the channel's
 * does not. A broker that has stopped answering must not keep the process alive.
 */
async function closeQuietly(connection: ChannelModel, channel?: Channel): Promise<void> {
  const timeout = Promise.withResolvers<void>();
  const timer = setTimeout(timeout.resolve, closeTimeoutMs);
  try {
    await Promise.race([inOrder(connection, channel), timeout.promise]);
  } finally {
    clearTimeout(timer);
  }
}

async function inOrder(connection: ChannelModel, channel: Channel | undefined): Promise<void> {
  for (const open of [channel, connection]) {
    try {
      await open?.close();
    } catch {
      // It was closed already.
    }
  }
}
