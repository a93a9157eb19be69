import type { Channel, ConsumeMessage } from 'amqplib';
import type { UserOf } from '../batch/edges.ts';
import { PublishError } from '../batch/publish-error.ts';
import {
  ATTEMPTS_HEADER,
  type Delivery,
  ORIGIN_HEADER,
  originOf,
  propertyText,
} from '../consumer/rabbitmq-event.ts';
import { ERROR_HEADER, REASON_HEADER } from '../consumer/settle.ts';
import type { RabbitPublisher } from '../rabbitmq/publisher.ts';
import { answerOf } from '../rabbitmq/within.ts';
import { deadQueueOf } from '../saga/routes.ts';

/** A message from a dead-letter queue, held during a visit. */
export interface DeadLetter {
  readonly delivery: Delivery;
  readonly reason: string;
  readonly lastError: string | undefined;
  /** Removes it from the queue for good. */
  readonly remove: () => void;
}

export interface DeadLetterQueues {
  /** Shows the oldest messages to `look`. Those that it does not remove keep their place. @throws PublishError */
  visit<T>(
    service: string,
    max: number,
    look: (deadLetters: readonly DeadLetter[]) => Promise<T>,
  ): Promise<T>;
}

/** The broker's dead-letter queues, over the publisher's connection. */
export class RabbitDeadLetterQueues implements DeadLetterQueues {
  readonly #publisher: RabbitPublisher;
  readonly #userOf: UserOf;

  constructor(publisher: RabbitPublisher, userOf: UserOf) {
    this.#publisher = publisher;
    this.#userOf = userOf;
  }

  async visit<T>(
    service: string,
    max: number,
    look: (deadLetters: readonly DeadLetter[]) => Promise<T>,
  ): Promise<T> {
    const channel = await this.#publisher.channel();
    try {
      const [own, queue] = [this.#userOf(service), deadQueueOf(service)];
      const messages = await take(channel, queue, max);
      return await look(
        messages.map((message) => ({ ...describe(message, queue, own), remove: () => channel.ack(message) })),
      );
    } finally {
      // When the channel closes or the connection is lost, the broker returns the messages that were not removed.
      await answerOf(channel.close()).catch(() => {});
    }
  }
}

/** After so long a silence the visit ends. If the broker was only slow, another visit shows the rest. */
const SILENCE_MS = 500;

/**
 * Consumes and does not use basic.get: if RabbitMQ 3.10 is killed after some of the messages were acknowledged and the
 * others returned, it loses many of the others (`test/integration/dead-letter-queues.test.ts`). Does not ask for the
 * queue's length: some RabbitMQ versions do not tell a user who may only read (`queue-depth.ts`).
 */
async function take(channel: Channel, queue: string, max: number): Promise<readonly ConsumeMessage[]> {
  const deadLetters: ConsumeMessage[] = [];
  const enough = Promise.withResolvers<void>();
  try {
    await answerOf(channel.prefetch(max));
    let timer: NodeJS.Timeout | undefined;
    const consuming = channel.consume(queue, (message) => {
      if (message !== null) deadLetters.push(message);
      if (message === null || deadLetters.length === max) enough.resolve();
      else timer?.refresh();
    });
    const { consumerTag } = await answerOf(consuming);
    // Started only now: silence means nothing until the broker has confirmed the consumer.
    timer = setTimeout(enough.resolve, SILENCE_MS);
    await enough.promise;
    clearTimeout(timer);
    await answerOf(channel.cancel(consumerTag));
    return deadLetters;
  } catch (error) {
    throw new PublishError(`the dead-letter queue ${queue} cannot be read`, { cause: error });
  }
}

function describe(
  { content, properties }: ConsumeMessage,
  queue: string,
  own: string,
): Omit<DeadLetter, 'remove'> {
  const headers: Readonly<Record<string, unknown>> = properties.headers ?? {};
  const text = (name: string): string | undefined =>
    typeof headers[name] === 'string' ? headers[name] : undefined;
  const attempts = headers[ATTEMPTS_HEADER];
  return {
    delivery: {
      queue,
      body: content,
      messageId: propertyText(properties.messageId),
      type: propertyText(properties.type),
      contentType: propertyText(properties.contentType),
      origin: originOf(properties.userId, text(ORIGIN_HEADER), own),
      attempts: typeof attempts === 'number' ? attempts : 0,
    },
    // If the broker itself dead-lettered the message, the reason is in a header that it added.
    reason: text(REASON_HEADER) ?? brokerReason(headers) ?? `in ${queue} without a reason`,
    lastError: text(ERROR_HEADER),
  };
}

/** https://www.rabbitmq.com/docs/dlx#effects */
function brokerReason(headers: Readonly<Record<string, unknown>>): string | undefined {
  const reason = headers['x-first-death-reason'];
  return typeof reason === 'string' ? `dead-lettered by the broker: ${reason}` : undefined;
}
