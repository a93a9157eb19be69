import type { Channel, ConsumeMessage } from 'amqplib';
import type { UserOf } from '../batch/edges.ts';
import { PublishError } from '../batch/publish-error.ts';
import {
  ATTEMPTS_HEADER,
  countIn,
  type Delivery,
  ORIGIN_HEADER,
  originOf,
  propertyText,
} from '../consumer/rabbitmq-event.ts';
import { ERROR_HEADER, REASON_HEADER } from '../consumer/settle.ts';
import type { RabbitPublisher } from '../rabbitmq/publisher.ts';
import { depthOf } from '../rabbitmq/queue-depth.ts';
import { answerOf, within } from '../rabbitmq/within.ts';
import { deadQueueOf } from '../saga/routes.ts';
import { acknowledge } from './acknowledge.ts';
import { type DeadLetterContent, PageCollector, type PageRequest, type Placed } from './page.ts';

/** A message from a dead-letter queue, held during a visit. */
export interface DeadLetter extends Placed {
  readonly delivery: Delivery;
  /** Removes it from the queue when the visit ends. It stays there if the visit fails. */
  readonly remove: () => void;
}

export interface DeadLetterPage {
  /** In sequence. */
  readonly deadLetters: readonly DeadLetter[];
  /** More of them lie behind the last one. */
  readonly hasMore: boolean;
  /** The queue was read to its end. If not, what was not read shows once others have left the queue. */
  readonly isWhole: boolean;
}

export interface DeadLetterQueues {
  /**
   * Shows a page to `look`. Those that it does not remove stay in the queue.
   * @throws PublishError if the queue cannot be read, or it is not known whether the removals arrived
   */
  visit<T>(service: string, request: PageRequest, look: (page: DeadLetterPage) => Promise<T>): Promise<T>;
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
    request: PageRequest,
    look: (page: DeadLetterPage) => Promise<T>,
  ): Promise<T> {
    const channel = await this.#publisher.channel();
    const [own, queue] = [this.#userOf(service), deadQueueOf(service)];
    const page = new PageCollector<DeadLetterContent & Pick<DeadLetter, 'remove'>>(request);
    const removed: number[] = [];
    let seen = 0;
    let result: T;
    try {
      const reading = new Reading(request.isSample ? request.limit : MAX_HELD, (message) => {
        seen += 1;
        // Only the tag is kept, so that the bodies of other pages take no memory.
        const { deliveryTag } = message.fields;
        page.offer({ ...contentOf(message, queue, own), remove: () => removed.push(deliveryTag) });
      });
      const isWhole = await reading.of(queue, channel, this.#publisher);
      result = await look({ deadLetters: page.deadLetters, hasMore: page.hasMore, isWhole });
      await answerOf(acknowledge(channel, queue, removed)).catch((error: unknown) => {
        throw new PublishError(`the broker did not confirm that messages left ${queue}`, { cause: error });
      });
    } finally {
      // When the channel closes or the connection is lost, the broker returns the messages that were not removed.
      await answerOf(channel.close()).catch(() => {});
    }
    const back = areBack(queue, seen - removed.length, this.#publisher);
    await within(BACK_MS, back).catch(() => {});
    return result;
  }
}

/** After so long a silence it is worth asking whether the queue is at its end. */
const SILENCE_MS = 300;
/** A third of the time that API Gateway gives. https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html */
const READING_MS = 9_000;
/** The most that a consumer may hold. https://www.rabbitmq.com/docs/consumer-prefetch */
const MAX_HELD = 65_535;

/**
 * Consumes and does not use basic.get: if RabbitMQ 3.10 is killed after some of the messages were acknowledged and the
 * others returned, it loses many of the others (`test/integration/dead-letter-queues.test.ts`).
 */
class Reading {
  readonly #over = Promise.withResolvers<boolean>();
  readonly #most: number;
  readonly #see: (message: ConsumeMessage) => void;
  #held = 0;
  #isOver = false;

  constructor(most: number, see: (message: ConsumeMessage) => void) {
    this.#most = most;
    this.#see = see;
  }

  /** @returns whether it came to the end, or to as many as were wanted */
  async of(queue: string, channel: Channel, publisher: RabbitPublisher): Promise<boolean> {
    const late = setTimeout(() => this.#over.resolve(false), READING_MS);
    const ended = this.#consume(queue, channel, publisher);
    ended.catch(this.#over.reject);
    try {
      const isWhole = await this.#over.promise;
      if (this.#held === 0 && !isWhole) throw new Error(`no answer within ${READING_MS} ms`);
      return isWhole;
    } catch (error) {
      throw new PublishError(`the dead-letter queue ${queue} cannot be read`, { cause: error });
    } finally {
      this.#isOver = true;
      clearTimeout(late);
    }
  }

  async #consume(queue: string, channel: Channel, publisher: RabbitPublisher): Promise<void> {
    await answerOf(channel.prefetch(this.#most));
    const consuming = channel.consume(queue, (message) => this.#receive(message));
    const { consumerTag } = await answerOf(consuming);
    // Silence means nothing until the broker has confirmed the consumer.
    await this.#end(queue, channel, publisher);
    this.#over.resolve(true);
    // What comes in from now on is for the next visit.
    await answerOf(channel.cancel(consumerTag)).catch(() => {});
  }

  #receive(message: ConsumeMessage | null): void {
    if (this.#isOver) return;
    if (message === null) {
      this.#over.reject(new Error('it was deleted'));
      return;
    }
    this.#held += 1;
    this.#see(message);
    if (this.#held === this.#most) this.#over.resolve(this.#most < MAX_HELD);
  }

  /**
   * Silence may also come from a slow broker or a slow self, so the broker is asked for what it has not delivered. What
   * it has may still be on the way: it comes before the answer to a later request on the same channel. Some RabbitMQ
   * versions do not answer a user who may only read (`queue-depth.ts`): then silence has to do.
   */
  async #end(queue: string, channel: Channel, publisher: RabbitPublisher): Promise<void> {
    while (!this.#isOver) {
      const before = this.#held;
      await new Promise((resolve) => setTimeout(resolve, SILENCE_MS));
      if (this.#isOver || this.#held > before) continue;
      const depth = await depthOf(queue, publisher);
      await answerOf(channel.prefetch(this.#most));
      if (this.#held === before && (depth === 0 || depth === 'refused')) return;
      if (depth === 'missing') throw new Error('there is no such queue');
    }
  }
}

/** Long enough for a broker that answers, also if another call has taken what is waited for. */
const BACK_MS = 3_000;

/** The broker returns what a channel held some time after its end, and the next call has to find it. */
async function areBack(queue: string, count: number, publisher: RabbitPublisher): Promise<void> {
  if (count === 0) return;
  for (const pauseMs of [0, 50, 100, 200, 400, 800, 800]) {
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
    const depth = await depthOf(queue, publisher).catch(() => 'refused');
    if (typeof depth !== 'number' || depth >= count) return;
  }
}

function contentOf({ content, properties }: ConsumeMessage, queue: string, own: string): DeadLetterContent {
  const headers: Readonly<Record<string, unknown>> = properties.headers ?? {};
  const text = (name: string): string | undefined =>
    typeof headers[name] === 'string' ? headers[name] : undefined;
  return {
    delivery: {
      queue,
      // Copied, because it is a part of all that was read from the socket at a time.
      body: Buffer.from(content),
      messageId: propertyText(properties.messageId),
      type: propertyText(properties.type),
      contentType: propertyText(properties.contentType),
      origin: originOf(properties.userId, text(ORIGIN_HEADER), own),
      attempts: countIn(headers[ATTEMPTS_HEADER]),
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
