import type { Edges } from '../../engine/batch/edges.ts';
import type { OutgoingMessage } from '../../engine/batch/messages.ts';
import { UnroutableError } from '../../engine/batch/publish-error.ts';
import type { RabbitMqEvent } from '../../engine/consumer/rabbitmq-event.ts';
import { queueOf } from '../../engine/saga/routes.ts';
import { shop } from '../../functions/shop.ts';
import { topologyOf } from '../../infra/broker/topology.ts';
import { eventOf } from '../simulation/event-source.ts';
import { Broker } from '../simulation/world/broker.ts';
import { indexesIn, Table } from '../simulation/world/table.ts';
import { retryDelays } from '../simulation/world/world.ts';
import type { VirtualTime } from '../support/virtual-time.ts';

const READ_MS = 4;
const WRITE_MS = 6;
const PUBLISH_MS = 3;
const DELIVER_MS = 5;
const BATCH_SIZE = 100;
/** As in serverless.yml. */
const TIMEOUT_MS = 29_000;

type Consumer = (
  event: RabbitMqEvent,
  invocation: { readonly getRemainingTimeInMillis: () => number },
) => Promise<void>;

/** Tables and broker, whose calls take a few milliseconds, and for each queue one invocation at a time. */
export class Services {
  readonly broker: Broker;
  /** Invocations that were not over when Lambda would have killed them. */
  killed = 0;
  /** Errors of the test itself. */
  readonly failures: unknown[] = [];
  readonly #time: VirtualTime;
  readonly #tables = new Map(
    shop.services.map((service) => [service as string, new Table(indexesIn(shop, service))]),
  );
  readonly #consumers = new Map<string, Consumer>();
  readonly #busy = new Set<string>();
  readonly #heard: (message: OutgoingMessage) => void;

  constructor(time: VirtualTime, heard: (message: OutgoingMessage) => void) {
    this.#time = time;
    this.#heard = heard;
    this.broker = new Broker(topologyOf(shop, retryDelays), time.clock);
  }

  table(service: string): Table {
    const table = this.#tables.get(service);
    if (table === undefined) throw new Error(`no table of ${service}`);
    return table;
  }

  edges(service: string): Edges {
    const [time, table] = [this.#time, this.table(service)];
    return {
      now: time.now,
      userOf: (each) => each,
      store: {
        read: (keys) => time.later(READ_MS, () => table.read(keys)),
        write: (writes) => time.later(WRITE_MS, () => table.write(writes)),
        query: (query) => time.later(READ_MS, () => table.query(query)),
      },
      publisher: { publish: (message) => time.later(PUBLISH_MS, () => this.#publish(message, service)) },
    };
  }

  consume(service: string, consumer: Consumer): void {
    this.#consumers.set(service, consumer);
  }

  /** The longest of the queues, as the broker tells it. */
  readonly backlog = async (): Promise<number> =>
    Math.max(...shop.services.map((service) => this.broker.queue(queueOf(service)).messages.length));

  /** The messages in all dead-letter queues. */
  get deadLetters(): number {
    const queues = shop.services.map((service) => this.broker.queue(`${service}.dead`));
    return queues.reduce((sum, { messages }) => sum + messages.length, 0);
  }

  #publish(message: OutgoingMessage, service: string): void {
    const queues = this.broker.publish(message, service);
    if (queues.length === 0 && message.mandatory) throw new UnroutableError(message.routingKey);
    this.#heard(message);
    if (message.expirationMs !== undefined) this.#time.after(message.expirationMs, () => this.#move());
    this.#deliver();
  }

  #move(): void {
    this.broker.move();
    this.#deliver();
  }

  #deliver(): void {
    for (const [service, consumer] of this.#consumers) {
      const queue = queueOf(service);
      if (this.#busy.has(service) || this.broker.queue(queue).messages.length === 0) continue;
      this.#busy.add(service);
      this.#time.after(DELIVER_MS, () => {
        this.#invoke(service, queue, consumer).catch((error: unknown) => this.failures.push(error));
      });
    }
  }

  async #invoke(service: string, queue: string, consumer: Consumer): Promise<void> {
    const batch = this.broker.take(queue, BATCH_SIZE);
    const killedMs = this.#time.now() + TIMEOUT_MS;
    try {
      await consumer(eventOf(queue, batch), {
        getRemainingTimeInMillis: () => killedMs - this.#time.now(),
      });
    } catch {
      this.broker.giveBack(queue, batch);
    }
    if (this.#time.now() > killedMs) this.killed += 1;
    this.#busy.delete(service);
    this.#deliver();
  }
}
