/**
 * The event that Lambda's event source mapping for Amazon MQ for RabbitMQ passes to a function.
 * https://docs.aws.amazon.com/lambda/latest/dg/with-mq.html
 */
export interface RabbitMqEvent {
  readonly eventSource: 'aws:rmq';
  readonly eventSourceArn: string;
  /** Keys are queue and virtual host: `hotel::/`. */
  readonly rmqMessagesByQueue: Readonly<Record<string, readonly RabbitMqRecord[]>>;
}

interface RabbitMqRecord {
  readonly basicProperties: {
    readonly messageId: string | null;
    readonly type: string | null;
    readonly contentType: string | null;
    readonly userId: string | null;
    readonly headers: Readonly<Record<string, unknown>> | null;
  };
  readonly redelivered: boolean;
  /** Base64. */
  readonly data: string;
}

/** A message as a participant received it. */
export interface Delivery {
  /** The queue that it came from. */
  readonly queue: string;
  readonly body: Buffer;
  readonly messageId: string;
  readonly type: string;
  readonly contentType: string;
  /** The broker user who first published it; empty if the message has no user id. */
  readonly origin: string;
  /** How many times it was tried before. */
  readonly attempts: number;
}

/** A message as the event source mapping delivers it. */
export interface Delivered extends Delivery {
  /** How often its queue has delivered it before, each time unsettled. */
  readonly returns: number;
}

export const ATTEMPTS_HEADER = 'saga-attempts';
/** The user who first published a message. Its consumer sets this when it publishes to a delay or dead-letter queue. */
export const ORIGIN_HEADER = 'saga-origin';

/**
 * How often a quorum queue has delivered a message before. It says so itself: until 4.2 in `x-delivery-count`. Since 4.3
 * that counts a `basic.reject` and a lost consumer but no `basic.nack`, and `x-acquired-count` counts all. AWS does not
 * say what its event source mapping uses. https://www.rabbitmq.com/docs/nack
 */
export const returnsOf = (headers: Readonly<Record<string, unknown>> | null): number =>
  Math.max(...['x-delivery-count', 'x-acquired-count'].map((name) => countIn(headers?.[name])));

/** Anybody may send any header: what is no count counts nothing. */
export const countIn = (header: unknown): number =>
  typeof header === 'number' && Number.isSafeInteger(header + 1) && header > 0 ? header : 0;

/** https://www.rabbitmq.com/resources/specs/amqp0-9-1.pdf (4.2.5.3, short strings) */
const MAX_PROPERTY_BYTES = 255;

/**
 * A text property cut to a length that can be published again. Bytes that were not UTF-8 were read as U+FFFD, which
 * takes three bytes each, and a property that is too long costs the publisher its connection.
 */
export function propertyText(value: unknown): string {
  const text = typeof value === 'string' ? value : '';
  // The usual case. A UTF-16 unit takes at most three bytes in UTF-8.
  if (text.length * 3 <= MAX_PROPERTY_BYTES && text.isWellFormed()) return text;
  const bytes = Buffer.from(text);
  // `stream` drops a character that is cut in two.
  return new TextDecoder().decode(bytes.subarray(0, MAX_PROPERTY_BYTES), { stream: true });
}

/**
 * The user who first published a message. The broker refuses a `userId` that is not its sender's. So the header is
 * believed only if the message comes from `own`, the consumer itself, after a delay or from the dead-letter queue.
 * https://www.rabbitmq.com/docs/validated-user-id
 */
export const originOf = (userId: unknown, header: string | undefined, own: string): string =>
  userId === own && header !== undefined ? header : propertyText(userId);

/**
 * @param own the user that the consumer publishes as
 * @throws TypeError if the event source mapping did not send this, for instance when invoked by hand
 */
export function deliveriesOf(event: RabbitMqEvent, own: string): readonly Delivered[] {
  if (typeof event?.rmqMessagesByQueue !== 'object' || event.rmqMessagesByQueue === null) {
    throw new TypeError('not a RabbitMQ event: rmqMessagesByQueue is missing');
  }
  return Object.entries(event.rmqMessagesByQueue).flatMap(([key, records]) => {
    const [queue = ''] = key.split('::');
    return records.map(({ basicProperties: { messageId, type, contentType, userId, headers }, data }) => {
      return {
        queue,
        body: Buffer.from(data, 'base64'),
        messageId: propertyText(messageId),
        type: propertyText(type),
        contentType: propertyText(contentType),
        origin: originOf(userId, headerText(headers?.[ORIGIN_HEADER]), own),
        attempts: countIn(headers?.[ATTEMPTS_HEADER]),
        returns: returnsOf(headers),
      };
    });
  });
}

/** A header's text. Lambda passes it as Java's signed bytes. */
function headerText(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null || !('bytes' in value)) return undefined;
  return Array.isArray(value.bytes) ? propertyText(Buffer.from(value.bytes).toString('utf8')) : undefined;
}
