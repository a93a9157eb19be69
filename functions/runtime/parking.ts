import type { Channel, GetMessage } from 'amqplib';
import type { Service } from '../saga/choreography.ts';
import { deadQueueOf } from '../saga/routes.ts';
import type { UserOf } from './origin.ts';
import { PublishError } from './publish-error.ts';
import type { RabbitPublisher } from './publisher.ts';
import { ATTEMPTS_HEADER, type Delivery, ORIGIN_HEADER, originOf, propertyText } from './rabbitmq-event.ts';
import { ERROR_HEADER, REASON_HEADER } from './settle.ts';

/** A message in a parking queue, held while it is looked at. */
export interface Parked {
  readonly delivery: Delivery;
  readonly reason: string;
  readonly lastError: string | undefined;
  /** Takes it out of the queue for good. */
  readonly remove: () => void;
}

export interface Parking {
  /** Shows the oldest messages to `look`; whatever it does not remove stays, in its place. @throws PublishError */
  visit<T>(service: Service, max: number, look: (parked: readonly Parked[]) => Promise<T>): Promise<T>;
}

/** The parking queues on the broker, over the connection that this environment publishes with. */
export class RabbitParking implements Parking {
  readonly #publisher: RabbitPublisher;
  readonly #userOf: UserOf;

  constructor(publisher: RabbitPublisher, userOf: UserOf) {
    this.#publisher = publisher;
    this.#userOf = userOf;
  }

  async visit<T>(service: Service, max: number, look: (parked: readonly Parked[]) => Promise<T>): Promise<T> {
    const channel = await this.#publisher.channel();
    try {
      const messages = await take(channel, service, max);
      const [own, queue] = [this.#userOf(service), deadQueueOf(service)];
      return await look(
        messages.map((message) => ({ ...describe(message, queue, own), remove: () => channel.ack(message) })),
      );
    } finally {
      // Closing the channel returns what was not removed. If the connection is lost, the broker does that too.
      await channel.close().catch(() => {});
    }
  }
}

async function take(channel: Channel, service: Service, max: number): Promise<readonly GetMessage[]> {
  const parked: GetMessage[] = [];
  while (parked.length < max) {
    const message = await channel.get(deadQueueOf(service)).catch((error: unknown) => {
      throw new PublishError(`the parking queue of ${service} cannot be read`, { cause: error });
    });
    if (message === false) break;
    parked.push(message);
  }
  return parked;
}

function describe({ content, properties }: GetMessage, queue: string, own: string): Omit<Parked, 'remove'> {
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
  return typeof reason === 'string' ? `put aside by the broker: ${reason}` : undefined;
}
