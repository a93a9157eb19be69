import amqp, { type Channel, type ChannelModel, type ConsumeMessage } from 'amqplib';
import { within } from './backoff.ts';
import type { Settlement } from './settlement.ts';
import { readDeepHeadersAsBytes } from './shallow-headers.ts';

/** Settles messages on their channel. After the channel's end no call does anything: the broker has requeued all. */
export type Settler = {
  readonly acknowledge: (settlement: Settlement) => void;
  /** In this order. */
  readonly requeue: (tags: readonly number[]) => void;
  /** For a message that no function can get: it becomes a dead letter, or is gone if its queue has no such exchange. */
  readonly reject: (tag: number) => void;
};

/** Gets the messages. They can be settled between `attach` and `detach`; afterwards the broker delivers them again. */
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
  /** After it resolves no more messages come, unless the broker has stopped answering. */
  readonly cancel: () => Promise<void>;
  /** Safe to call in any state. Unsettled messages go back to the queue. */
  readonly close: () => Promise<void>;
};

const openTimeoutMs = 10_000;

// A broker that has stopped answering must not keep the process alive.
const farewellTimeoutMs = 2_000;

/** Fails when the signal is aborted before the session is open. */
export async function openSession(
  consumption: Consumption,
  receiver: Receiver,
  signal: AbortSignal,
): Promise<BrokerSession> {
  // amqplib passes this signal to the socket: the only way to end a connection in every state.
  const socket = new AbortController();
  const ending = new Ending(receiver);
  const giveUp = (): void => socket.abort();
  signal.addEventListener('abort', giveUp);
  const timer = setTimeout(giveUp, openTimeoutMs);
  try {
    return await open(consumption, receiver, ending, socket);
  } catch (error) {
    const isLate = socket.signal.aborted && !signal.aborted;
    const reason = isLate ? new Error(`it has not answered within ${openTimeoutMs} ms`) : error;
    // First of all: a late event of this connection must not be taken for the end of the next one.
    ending.reach(reason instanceof Error ? reason : new Error(String(reason)));
    socket.abort();
    throw reason;
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', giveUp);
  }
}

async function open(
  consumption: Consumption,
  receiver: Receiver,
  ending: Ending,
  socket: AbortController,
): Promise<BrokerSession> {
  const url = new URL(consumption.brokerUrl);
  url.pathname = `/${encodeURIComponent(consumption.virtualHost)}`;
  const options = {
    // Otherwise Nagle's algorithm and the broker's delayed acknowledgement add 40 ms to small frames.
    noDelay: true,
    clientProperties: { connection_name: consumption.connectionName },
    signal: socket.signal,
  };
  const connection = await amqp.connect(url.href, options);
  readDeepHeadersAsBytes(connection);
  // 'error' comes before 'close' and says more. But there is no 'error' if an operator closes the connection.
  connection.on('error', ending.reach);
  connection.on('close', (error) => ending.reach(error ?? new Error('the connection was closed')));
  const channel = await connection.createChannel();
  channel.on('error', ending.reach);
  channel.on('close', () => ending.reach(new Error('the channel was closed')));
  await channel.prefetch(consumption.prefetch);
  receiver.attach(settlerOf(channel, ending));
  const { consumerTag } = await consume(channel, consumption.queue, receiver, ending);
  const closed = once(async () => {
    await within(farewellTimeoutMs, closeInOrder(channel, connection));
    socket.abort();
  });
  return {
    ended: ending.promise,
    cancel: () => within(farewellTimeoutMs, channel.cancel(consumerTag)),
    close: closed,
  };
}

/** Runs the task once: of two concurrent closes, amqplib never answers the second. */
function once(task: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | undefined;
  return () => {
    running ??= task();
    return running;
  };
}

/** The end of a session. Only the first reason counts, and the receiver is detached in the same turn. */
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

function consume(channel: Channel, queue: string, receiver: Receiver, ending: Ending) {
  return channel.consume(queue, (message) => {
    if (message === null) ending.reach(new Error(`queue ${queue} was deleted, or its node has gone`));
    else if (!ending.isReached) receiver.receive(message);
  });
}

function settlerOf(channel: Channel, ending: Ending): Settler {
  return {
    acknowledge: ({ upTo, singly }) => {
      if (ending.isReached) return;
      if (upTo !== undefined) channel.ack(tagged(upTo), true);
      for (const tag of singly) channel.ack(tagged(tag));
    },
    // A `basic.nack` could return many at once, but RabbitMQ 4.3 does not count it towards the delivery limit.
    // https://www.rabbitmq.com/docs/nack
    requeue: (tags) => {
      if (ending.isReached) return;
      for (const tag of tags) channel.reject(tagged(tag), true);
    },
    reject: (tag) => {
      if (!ending.isReached) channel.reject(tagged(tag), false);
    },
  };
}

/** The only part of a message that amqplib needs to settle it, so its content need not be kept. */
function tagged(deliveryTag: number): ConsumeMessage {
  return { fields: { deliveryTag } } as ConsumeMessage;
}

/**
 * Closes the channel first: acknowledgements wait in its buffer, and closing the connection would overtake them.
 */
async function closeInOrder(channel: Channel, connection: ChannelModel): Promise<void> {
  await channel.close().catch(() => undefined);
  await connection.close();
}
