import type { ChannelModel, ConfirmChannel, GetMessage } from 'amqplib';
import * as z from 'zod';
import { EVENTS_EXCHANGE, FAILURES_EXCHANGE } from '../../engine/saga/routes.ts';
import { keptQueue } from './queues.ts';
import type { Topology } from './topology.ts';

/**
 * AMQP lists neither bindings nor queues, so one message in a queue records what was applied. Later deployments remove
 * what is no longer declared.
 */
const MEMORY = keptQueue('saga.topology');

const from = { exchange: z.string(), routingKey: z.string() };

const Applied = z.object({
  /** The saga's name. Entries of older versions have none. */
  saga: z.string().optional(),
  /** Queues that messages may be left in. */
  queues: z.array(z.string()).readonly(),
  /** To the exchanges that all services share. */
  bindings: z.array(z.object({ ...from, queue: z.string() })).readonly(),
  exchangeBindings: z.array(z.object({ ...from, to: z.string() })).readonly(),
});

/** What has been applied, and may have to be undone. */
export type Applied = z.infer<typeof Applied>;

/** A delay queue empties itself. */
export const memorable = ({ saga, queues, bindings, exchangeBindings }: Topology): Applied => ({
  saga,
  queues: queues.filter(({ arguments: args }) => !('x-message-ttl' in args)).map(({ name }) => name),
  bindings: bindings.filter(({ exchange }) => exchange === EVENTS_EXCHANGE || exchange === FAILURES_EXCHANGE),
  exchangeBindings,
});

/** The topologies that were applied. If a deployment dies midway, the old and the new one both remain. */
export class Memory {
  readonly #channel: ConfirmChannel;
  readonly #messages: readonly GetMessage[];
  readonly #applied: readonly Applied[];

  private constructor(channel: ConfirmChannel, messages: readonly GetMessage[]) {
    this.#channel = channel;
    this.#messages = messages;
    this.#applied = messages.map(({ content }) => Applied.parse(JSON.parse(content.toString('utf8'))));
  }

  static async open(connection: ChannelModel): Promise<Memory> {
    const channel = await connection.createConfirmChannel();
    channel.on('error', () => {});
    await channel.assertQueue(MEMORY.name, { durable: true, arguments: MEMORY.arguments });
    const messages: GetMessage[] = [];
    for (;;) {
      const message = await channel.get(MEMORY.name);
      if (message === false) return new Memory(channel, messages);
      messages.push(message);
    }
  }

  /** The sagas whose topologies were applied. */
  get sagas(): readonly string[] {
    return this.#applied.flatMap(({ saga }) => saga ?? []);
  }

  /** Undefined if nothing was ever applied, or by a version that did not remember. */
  get before(): Applied | undefined {
    const all = this.#applied;
    if (all.length === 0) return undefined;
    return {
      queues: all.flatMap(({ queues }) => queues),
      bindings: all.flatMap(({ bindings }) => bindings),
      exchangeBindings: all.flatMap(({ exchangeBindings }) => exchangeBindings),
    };
  }

  /** Resolves when the broker has it safe. */
  async add(applied: Applied): Promise<void> {
    this.#channel.sendToQueue(MEMORY.name, Buffer.from(JSON.stringify(applied)), { persistent: true });
    await this.#channel.waitForConfirms();
  }

  /** Forgets what was known before: all of it, since RabbitMQ 3.10 may lose what is returned beside what is acknowledged. */
  async close(): Promise<void> {
    for (const message of this.#messages) this.#channel.ack(message);
    await this.#channel.close();
  }
}
