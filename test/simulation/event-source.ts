import type { RabbitMqEvent } from '../../engine/consumer/rabbitmq-event.ts';
import { LATE_BY_MS, type Redelivery } from './actors/workload.ts';
import { deliveryFaults } from './faults.ts';
import type { Lambda } from './lambda.ts';
import { remembered } from './remembered.ts';
import type { Task } from './scheduler.ts';
import type { Simulation } from './simulation.ts';
import type { Message, Queue } from './world/broker.ts';

/**
 * Lambda's event source mappings: each reads one queue and invokes one function with a batch, acknowledges the
 * batch when the function has returned, and gives it back whole in every other case.
 */
export class EventSources {
  readonly #simulation: Simulation;
  readonly #lambda: Lambda;
  readonly #concurrency: number;
  readonly #batchSize: () => number;
  readonly #redelivery: Redelivery;
  readonly #window: number;
  /** How many of its invocations are under way, by queue. */
  readonly #running = new Map<string, number>();
  readonly #sources: readonly Source[];

  constructor(simulation: Simulation, lambda: Lambda, options: Options) {
    this.#simulation = simulation;
    this.#lambda = lambda;
    this.#concurrency = options.concurrency;
    this.#batchSize = options.batchSize;
    this.#redelivery = options.redelivery;
    this.#window = options.window;
    const { world, cast } = simulation;
    this.#sources = cast.saga.services.flatMap((service) =>
      world.queuesOf(service).map((name) => ({
        service,
        queue: world.broker.queue(name),
        task: { run: () => this.#deliver(service, name) },
      })),
    );
  }

  /** The deliveries that could be made now. */
  ready(): readonly Task[] {
    const full = this.#withAtLeast(this.#window);
    // The batching window ends when nothing else happens meanwhile.
    const isIdle = full.length === 0 && this.#simulation.scheduler.waiting === 0;
    return isIdle ? this.#withAtLeast(1) : full;
  }

  #withAtLeast(count: number): readonly Task[] {
    const ready: Task[] = [];
    for (const { service, queue, task } of this.#sources) {
      if (queue.messages.length < count || this.#runningOf(queue.name) >= this.#concurrency) continue;
      if (!this.#isOut(service)) ready.push(task);
    }
    return ready;
  }

  #runningOf(queue: string): number {
    return this.#running.get(queue) ?? 0;
  }

  #isOut(service: string): boolean {
    const { outages, world } = this.#simulation;
    return (outages.get(service) ?? 0) > world.clock.nowMs;
  }

  #deliver(service: string, queue: string): void {
    const { world, trace } = this.#simulation;
    const batch = world.broker.take(queue, this.#batchSize());
    const fault = this.#simulation.deliveryFault(deliveryFaults);
    trace.say(
      () =>
        `${queue} delivers ${batch.map(({ messageId, returns }) => messageId + (returns > 0 ? ' again' : '')).join(', ')}${fault === undefined ? '' : `: ${fault}`}`,
    );
    if (fault === 'dropped') {
      world.broker.giveBack(queue, batch);
      return;
    }
    this.#running.set(queue, this.#runningOf(queue) + 1);
    const ended = () => this.#running.set(queue, this.#runningOf(queue) - 1);
    let isAcknowledgeable = true;
    if (fault === 'disconnected') {
      // The connection is lost under a batch in work: it comes again to the next consumer, maybe at the same time.
      isAcknowledgeable = false;
      ended();
      world.broker.giveBack(queue, batch);
    }
    this.#lambda.invoke(
      service,
      eventOf(queue, batch),
      (end) => {
        if (!isAcknowledgeable) return;
        ended();
        if (end.kind === 'crashed') this.#redeliver(queue, batch);
        else if (end.kind === 'threw') world.broker.giveBack(queue, batch);
      },
      batch,
    );
  }

  #redeliver(queue: string, batch: readonly Message[]): void {
    const { broker } = this.#simulation.world;
    if (this.#redelivery === 'late') {
      this.#simulation.scheduler.addAfterMs(LATE_BY_MS, { run: () => broker.giveBack(queue, batch) });
      return;
    }
    if (this.#redelivery === 'twice')
      broker.giveBack(
        queue,
        batch.map((message) => ({ ...message })),
      );
    broker.giveBack(queue, batch);
  }
}

interface Source {
  readonly service: string;
  readonly queue: Queue;
  readonly task: Task;
}

interface Options {
  readonly concurrency: number;
  readonly batchSize: () => number;
  readonly redelivery: Redelivery;
  /** Waits for so many messages as long as something else happens. */
  readonly window: number;
}

/** As https://docs.aws.amazon.com/lambda/latest/dg/with-mq.html shows it; texts in headers arrive as bytes. */
export function eventOf(queue: string, batch: readonly Message[]): RabbitMqEvent {
  const records = batch.map(({ body, messageId, type, contentType, userId, headers, returns }) => ({
    basicProperties: { messageId, type, contentType, userId, headers: headersOf(headers, returns) },
    redelivered: returns > 0,
    data: base64Of(body),
  }));
  const rmqMessagesByQueue: Record<string, typeof records> = {};
  rmqMessagesByQueue[keyOf(queue)] = records;
  return {
    eventSource: 'aws:rmq',
    eventSourceArn: 'arn:aws:mq:eu-central-1:111122223333:broker:order-saga:b-1',
    rmqMessagesByQueue,
  };
}

function headersOf(
  headers: Readonly<Record<string, string | number>>,
  returns: number,
): Readonly<Record<string, unknown>> | null {
  const entries = Object.entries(headers);
  if (returns > 0) entries.push(['x-delivery-count', returns]);
  if (entries.length === 0) return null;
  const delivered: Record<string, unknown> = {};
  for (const [name, value] of entries)
    delivered[name] = typeof value === 'string' ? { bytes: bytesOf(value) } : value;
  return delivered;
}

// Most messages are delivered more than once, and most headers say what others say.
const keyOf = remembered((queue: string) => `${queue}::/`);
const base64Of = remembered((body: string | Buffer) => Buffer.from(body).toString('base64'));
const bytesOf = remembered((text: string): readonly number[] => [...Buffer.from(text)]);
