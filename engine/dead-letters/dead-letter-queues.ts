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
import { deadQueueOf } from '../saga/routes.ts';

/** A message in a dead-letter queue, held while it is looked at. */
export interface DeadLetter {
  readonly delivery: Delivery;
  readonly reason: string;
  readonly lastError: string | undefined;
  /** Takes it out of the queue for good. */
  readonly remove: () => void;
}

export interface DeadLetterQueues {
  /** Shows the oldest messages to `look`; whatever it does not remove stays, in its place. @throws PublishError */
  visit<T>(
    service: string,
    max: number,
    look: (deadLetters: readonly DeadLetter[]) => Promise<T>,
  ): Promise<T>;
}

/** The dead-letter queues on the broker, over the connection that this environment publishes with. */
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
      // Closing the channel returns what was not removed. If the connection is lost, the broker does that too.
      await channel.close().catch(() => {});
    }
  }
}

/** A broker that is silent for so long has no more to show, or is so slow that a visit shows the rest another time. */
const SILENCE_MS = 500;

/**
 * By a consumer, and not by basic.get: RabbitMQ 3.10, when it is killed after some of the messages that were got had
 * been acknowledged and the others returned, comes back without many of the others. (`test/integration/dead-letter-queues.test.ts`)
 * How many there are is not asked: not every RabbitMQ tells who may only read them. (`queue-depth.ts`)
 */
async function take(channel: Channel, queue: string, max: number): Promise<readonly ConsumeMessage[]> {
  const deadLetters: ConsumeMessage[] = [];
  const enough = Promise.withResolvers<void>();
  try {
    await channel.prefetch(max);
    let timer: NodeJS.Timeout | undefined;
    const { consumerTag } = await channel.consume(queue, (message) => {
      if (message !== null) deadLetters.push(message);
      if (message === null || deadLetters.length === max) enough.resolve();
      else timer?.refresh();
    });
    // Not before: until the broker has heard the question, its silence is no answer.
    timer = setTimeout(enough.resolve, SILENCE_MS);
    await enough.promise;
    clearTimeout(timer);
    await channel.cancel(consumerTag);
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
    // The broker's own dead-lettering leaves its reason in the headers it adds.
    reason: text(REASON_HEADER) ?? brokerReason(headers) ?? `in ${queue} without a reason`,
    lastError: text(ERROR_HEADER),
  };
}

/** https://www.rabbitmq.com/docs/dlx#effects */
function brokerReason(headers: Readonly<Record<string, unknown>>): string | undefined {
  const reason = headers['x-first-death-reason'];
  return typeof reason === 'string' ? `dead-lettered by the broker: ${reason}` : undefined;
}
