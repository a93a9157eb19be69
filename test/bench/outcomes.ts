import amqp from 'amqplib';
import { EVENTS_EXCHANGE } from '../../engine/saga/routes.ts';

/** Hears how orders end, as a service that nobody has written yet would: from a queue of its own. */
export class Outcomes {
  readonly #ended = new Map<string, number>();
  readonly #waiting = new Map<string, (atMs: number) => void>();
  readonly #connection: amqp.ChannelModel;

  private constructor(connection: amqp.ChannelModel) {
    this.#connection = connection;
  }

  static async listen(rabbitmqUrl: string): Promise<Outcomes> {
    const connection = await amqp.connect(rabbitmqUrl, { noDelay: true });
    // Without the broker nothing ends any more, which is noticed.
    connection.on('error', () => {});
    const outcomes = new Outcomes(connection);
    const channel = await connection.createChannel();
    const { queue } = await channel.assertQueue('', { exclusive: true, durable: false });
    for (const type of ['order.confirmed', 'order.cancelled']) {
      await channel.bindQueue(queue, EVENTS_EXCHANGE, type);
    }
    await channel.consume(queue, (message) => outcomes.#hear(message), { noAck: true });
    return outcomes;
  }

  /** When the order had ended, on the clock of `performance.now`. */
  endOf(orderId: string): Promise<number> {
    const atMs = this.#ended.get(orderId);
    if (atMs !== undefined) {
      this.#ended.delete(orderId);
      return Promise.resolve(atMs);
    }
    return new Promise((resolve) => this.#waiting.set(orderId, resolve));
  }

  async close(): Promise<void> {
    // It may have been lost.
    await this.#connection.close().catch(() => {});
  }

  #hear(message: amqp.ConsumeMessage | null): void {
    if (message === null) return;
    const [orderId = ''] = String(message.properties.messageId).split(':');
    const atMs = performance.now();
    const waiting = this.#waiting.get(orderId);
    if (waiting === undefined) this.#ended.set(orderId, atMs);
    else {
      this.#waiting.delete(orderId);
      waiting(atMs);
    }
  }
}
