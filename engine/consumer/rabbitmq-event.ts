/**
 * What Lambda's event source mapping for Amazon MQ for RabbitMQ hands to a function.
 * https://docs.aws.amazon.com/lambda/latest/dg/with-mq.html
 */
export interface RabbitMqEvent {
  readonly eventSource: 'aws:rmq';
  readonly eventSourceArn: string;
  /** By queue and virtual host: `hotel::/`. */
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
  /** The broker user who first published it; empty if that user did not say who it is. */
  readonly origin: string;
  /** How often it has been tried before this time. */
  readonly attempts: number;
}

export const ATTEMPTS_HEADER = 'saga-attempts';
/** The user who first published it, on what its consumer has put into a delay or dead-letter queue. */
export const ORIGIN_HEADER = 'saga-origin';

/** https://www.rabbitmq.com/resources/specs/amqp0-9-1.pdf (4.2.5.3, short strings) */
const MAX_PROPERTY_BYTES = 255;

/**
 * A text property as it can be published again. Its bytes may have been no UTF-8: each that was read as U+FFFD
 * takes three from then on, and a property that is too long costs the publisher its connection.
 */
export function propertyText(value: unknown): string {
  const text = typeof value === 'string' ? value : '';
  // As nearly every one: no character takes more than three bytes for each of its UTF-16 units.
  if (text.length * 3 <= MAX_PROPERTY_BYTES && text.isWellFormed()) return text;
  const bytes = Buffer.from(text);
  // `stream` leaves out a character that is cut in two.
  return new TextDecoder().decode(bytes.subarray(0, MAX_PROPERTY_BYTES), { stream: true });
}

/**
 * Who first published a message. The broker refuses a `userId` that is not its sender's, so only a message that
 * `own` has dead-lettered, and that comes back under its name, is believed what its header says.
 * https://www.rabbitmq.com/docs/validated-user-id
 */
export const originOf = (userId: unknown, header: string | undefined, own: string): string =>
  userId === own && header !== undefined ? header : propertyText(userId);

/**
 * @param own the user that the consumer publishes as
 * @throws TypeError if this is not what the event source mapping sends, for instance when invoked by hand
 */
export function deliveriesOf(event: RabbitMqEvent, own: string): readonly Delivery[] {
  if (typeof event?.rmqMessagesByQueue !== 'object' || event.rmqMessagesByQueue === null) {
    throw new TypeError('not a RabbitMQ event: rmqMessagesByQueue is missing');
  }
  return Object.entries(event.rmqMessagesByQueue).flatMap(([key, records]) => {
    const [queue = ''] = key.split('::');
    return records.map(({ basicProperties: { messageId, type, contentType, userId, headers }, data }) => {
      const attempts = headers?.[ATTEMPTS_HEADER];
      return {
        queue,
        body: Buffer.from(data, 'base64'),
        messageId: propertyText(messageId),
        type: propertyText(type),
        contentType: propertyText(contentType),
        origin: originOf(userId, headerText(headers?.[ORIGIN_HEADER]), own),
        attempts: typeof attempts === 'number' && attempts > 0 ? attempts : 0,
      };
    });
  });
}

/** A text in a header, which Lambda hands over as the bytes that Java has: signed. */
function headerText(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null || !('bytes' in value)) return undefined;
  return Array.isArray(value.bytes) ? propertyText(Buffer.from(value.bytes).toString('utf8')) : undefined;
}
