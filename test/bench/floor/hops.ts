import amqp from 'amqplib';
import { coalesceWrites } from '../../../engine/rabbitmq/coalesce-writes.ts';
import { PATIENT, RabbitPublisher } from '../../../engine/rabbitmq/publisher.ts';
import { CONTENT_TYPE } from '../../../engine/saga/envelope.ts';

const QUEUE = 'bench.floor';
/** As many as the event source has under way: two batches of a hundred. */
const prefetch = 200;

/** Carries messages over the broker as a step of a saga does: a quorum queue, confirmed, acknowledged. */
export class Hops {
  readonly #connection: amqp.ChannelModel;
  readonly #publisher: RabbitPublisher;
  readonly #awaited = new Map<string, () => void>();

  private constructor(connection: amqp.ChannelModel, url: string) {
    this.#connection = connection;
    this.#publisher = new RabbitPublisher({ url: async () => url, name: 'bench floor', patience: PATIENT });
  }

  static async on(url: string): Promise<Hops> {
    const connection = await amqp.connect(url, { noDelay: true });
    connection.on('error', () => {});
    coalesceWrites(connection);
    const hops = new Hops(connection, url);
    const channel = await connection.createChannel();
    await channel.assertQueue(QUEUE, { durable: true, arguments: { 'x-queue-type': 'quorum' } });
    await channel.prefetch(prefetch);
    let last: amqp.ConsumeMessage | undefined;
    // All that came in one turn by one frame, as the event source acknowledges a batch.
    const acknowledge = () => {
      if (last !== undefined) channel.ack(last, true);
      last = undefined;
    };
    await channel.consume(QUEUE, (message) => {
      if (message === null) return;
      hops.#awaited.get(String(message.properties.messageId))?.();
      if (last === undefined) setImmediate(acknowledge);
      last = message;
    });
    return hops;
  }

  /** Resolves when all are confirmed and have arrived. */
  async carry(messageIds: readonly string[], body: string): Promise<void> {
    const arrivals = messageIds.map((id) => new Promise<void>((arrived) => this.#awaited.set(id, arrived)));
    await Promise.all([...messageIds.map((id) => this.#publish(id, body, QUEUE)), ...arrivals]);
    for (const id of messageIds) this.#awaited.delete(id);
  }

  /** Resolves when all are confirmed; nobody listens, as to the outcome of a saga. */
  async announce(messageIds: readonly string[], body: string): Promise<void> {
    await Promise.all(messageIds.map((id) => this.#publish(id, body, `${QUEUE}.nobody`)));
  }

  async close(): Promise<void> {
    await this.#connection.close().catch(() => {});
  }

  #publish(messageId: string, body: string, routingKey: string): Promise<void> {
    const mandatory = routingKey === QUEUE;
    return this.#publisher.publish({
      ...{ exchange: '', routingKey, body, messageId, mandatory },
      ...{ type: 'bench', contentType: CONTENT_TYPE },
    });
  }
}
