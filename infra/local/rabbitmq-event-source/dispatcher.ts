import type { ConsumeMessage } from 'amqplib';
import { backoffMs, pause } from './backoff.ts';
import type { Receiver, Settler } from './broker-session.ts';
import type { Counters } from './counters.ts';
import { type Batch, DeliveryBuffer } from './delivery-buffer.ts';
import { type Envelope, envelope, eventRecord } from './event.ts';
import type { Invoke } from './invoke.ts';
import type { Delivery } from './lane.ts';
import type { Log } from './log.ts';
import type { Mapping } from './settings.ts';
import { settlement } from './settlement.ts';

const firstRetryMs = 100;
const highestRetryMs = 30_000;

/** The comma after each record. The last has none, so a batch may be a byte smaller than allowed. */
const SEPARATOR_BYTES = 1;

// A function's timeout begins after a cold start, which on LocalStack starts a container.
const startAllowanceMs = 60_000;

// The largest prefetch in AMQP. https://www.rabbitmq.com/docs/consumer-prefetch
const highestPrefetch = 65_535;

/**
 * Turns one mapping's messages into invocations, one at a time unless configured otherwise. It outlives channels: an
 * invocation whose channel is lost still counts as running, and its messages come again later.
 */
export class Dispatcher implements Receiver {
  /** How many messages the broker may send ahead: one batch gathers while others run. */
  readonly prefetch: number;
  readonly #mapping: Mapping;
  readonly #invoke: Invoke;
  readonly #log: Log;
  readonly #counters: Counters;
  readonly #envelope: Envelope;
  readonly #buffer: DeliveryBuffer;
  readonly #stopping = new AbortController();
  readonly #running = new Map<Promise<void>, Batch>();
  #settler: Settler | undefined;
  /** Deliveries of this channel that are not settled. */
  #unsettled = 0;
  #timer: NodeJS.Timeout | undefined;
  #wakeUpIsScheduled = false;
  #failuresInARow = 0;
  /** The first delivery that a stop or an error left unsettled. No `multiple` acknowledgement may reach past it. */
  #lowestAbandonedTag = Number.POSITIVE_INFINITY;

  constructor(mapping: Mapping, invoke: Invoke, log: Log, counters: Counters) {
    const { batchSize, batchingWindowMs, concurrency } = mapping;
    this.prefetch = Math.min(highestPrefetch, batchSize * (concurrency + 1));
    this.#mapping = mapping;
    this.#invoke = invoke;
    this.#log = log;
    this.#counters = counters;
    this.#envelope = envelope(mapping);
    this.#buffer = new DeliveryBuffer(
      { records: batchSize, bytes: this.#envelope.roomBytes },
      batchingWindowMs,
    );
  }

  attach(settler: Settler): void {
    this.#settler = settler;
  }

  detach(): void {
    this.#settler = undefined;
    this.#unsettled = 0;
    this.#lowestAbandonedTag = Number.POSITIVE_INFINITY;
    this.#buffer.clear();
  }

  receive(message: ConsumeMessage): void {
    if (this.#stopping.signal.aborted) return;
    const delivery = this.#accept(message);
    const { deliveryTag } = message.fields;
    if (typeof delivery === 'string') {
      this.#buffer.noteArrival(performance.now());
      if (delivery === 'unwanted') this.#settler?.acknowledge({ singly: [deliveryTag] });
      else this.#settler?.reject(deliveryTag);
      return;
    }
    this.#unsettled += 1;
    this.#buffer.add(delivery);
    this.#scheduleWakeUp();
  }

  /** Takes no more messages. Resolves when the running invocations have ended and are settled. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    clearTimeout(this.#timer);
    await Promise.all(this.#running.keys());
  }

  /** A word for a message that no function gets. */
  #accept(message: ConsumeMessage): Delivery | 'unwanted' | 'too large' {
    const { content, fields } = message;
    if (this.#mapping.filter && !this.#mapping.filter(content)) {
      this.#counters.filteredMessages += 1;
      return 'unwanted';
    }
    const record = eventRecord(message);
    const bytes = record.bytes + SEPARATOR_BYTES;
    if (bytes > this.#envelope.roomBytes) {
      this.#counters.droppedMessages += 1;
      this.#log.error(`dropped a message of ${content.length} bytes: its event would be over 6 MB`);
      return 'too large';
    }
    const { deliveryTag: tag, redelivered } = fields;
    return { tag, redelivered, json: record.json, bytes, arrivedAtMs: performance.now() };
  }

  /** Waits for the end of the turn, because all messages of one read from the socket arrive in the same turn. */
  #scheduleWakeUp(): void {
    if (this.#wakeUpIsScheduled || this.#running.size >= this.#mapping.concurrency) return;
    this.#wakeUpIsScheduled = true;
    setImmediate(() => {
      this.#wakeUpIsScheduled = false;
      this.#wakeUp();
    });
  }

  #wakeUp(): void {
    clearTimeout(this.#timer);
    while (this.#running.size < this.#mapping.concurrency && !this.#stopping.signal.aborted) {
      const nowMs = performance.now();
      const batch = this.#buffer.take(nowMs, this.#hasRoom);
      if (batch === undefined) {
        const waitMs = this.#buffer.dueAtMs(this.#hasRoom) - nowMs;
        if (waitMs !== Number.POSITIVE_INFINITY) this.#timer = setTimeout(() => this.#wakeUp(), waitMs);
        return;
      }
      this.#start(batch);
    }
  }

  #start(batch: Batch): void {
    const settler = this.#settler;
    const run = this.#run(batch, settler)
      // Nothing below throws by design; if it does, the messages stay unacknowledged until the channel closes.
      .catch((error: unknown) => {
        this.#log.error(`internal error: ${String(error)}`);
        this.#abandon(batch, settler);
      })
      .finally(() => {
        this.#running.delete(run);
        this.#wakeUp();
      });
    this.#running.set(run, batch);
  }

  async #run(batch: Batch, settler: Settler | undefined): Promise<void> {
    const { functionName, functionTimeoutSeconds } = this.#mapping;
    const timeoutMs = functionTimeoutSeconds * 1_000 + startAllowanceMs;
    const payload = this.#envelope.payload(batch.deliveries.map(({ json }) => json));
    for (let { attempt } = batch; settler !== undefined && settler === this.#settler; attempt += 1) {
      const startedAtMs = performance.now();
      const outcome = await this.#invoke(functionName, payload, timeoutMs);
      const elapsedMs = Math.round(performance.now() - startedAtMs);
      this.#log.debug(
        `${batch.deliveries.length} records, ${payload.length} bytes, ${elapsedMs} ms: ${outcome.kind}`,
      );
      if (outcome.kind === 'succeeded') return this.#acknowledge(batch, settler);
      const delayMs = this.#delayAfter(outcome.reason, attempt);
      // A failed batch rests first: otherwise a broken function would run through all batches of the queue.
      const rest = pause(delayMs, this.#stopping.signal);
      if (outcome.kind === 'failed') return this.#requeue(batch, settler, rest);
      // The function did not run, so the messages are kept and not requeued: RabbitMQ's delivery count, after which it
      // dead-letters them, must not grow.
      await rest;
      if (this.#stopping.signal.aborted) return this.#abandon(batch, settler);
    }
  }

  /** Grows with a batch's attempts, and with the number of failures in a row. */
  #delayAfter(reason: string, attempt: number): number {
    this.#failuresInARow += 1;
    const delayMs = backoffMs(Math.max(attempt, this.#failuresInARow), firstRetryMs, highestRetryMs);
    this.#log.error(`${reason}; trying again in ${delayMs} ms`);
    return delayMs;
  }

  #acknowledge(batch: Batch, settler: Settler): void {
    this.#failuresInARow = 0;
    if (settler !== this.#settler) return;
    const { deliveries } = batch;
    settler.acknowledge(settlement(deliveries, this.#lowestTagBeside(batch)));
    this.#makeRoom(deliveries.length);
    this.#counters.acknowledgedBatches += 1;
    this.#counters.acknowledgedRecords += deliveries.length;
  }

  /** The broker returns requeued messages at once. The buffer holds them back until the rest is over. */
  async #requeue(batch: Batch, settler: Settler, rest: Promise<void>): Promise<void> {
    if (settler !== this.#settler) return rest;
    settler.requeue(batch.deliveries.map(({ tag }) => tag));
    this.#makeRoom(batch.deliveries.length);
    this.#counters.failedBatches += 1;
    const allowAgain = this.#buffer.expectAgain(batch, performance.now());
    await rest;
    allowAgain();
  }

  #makeRoom(records: number): void {
    if (!this.#hasRoom) this.#buffer.noteRoom(performance.now());
    this.#unsettled -= records;
  }

  get #hasRoom(): boolean {
    return this.#unsettled < this.prefetch;
  }

  #abandon({ deliveries: [first] }: Batch, settler: Settler | undefined): void {
    if (settler !== this.#settler || first === undefined) return;
    this.#lowestAbandonedTag = Math.min(this.#lowestAbandonedTag, first.tag);
  }

  #lowestTagBeside(batch: Batch): number {
    let lowest = Math.min(this.#buffer.lowestTag, this.#lowestAbandonedTag);
    for (const other of this.#running.values()) {
      if (other !== batch) lowest = Math.min(lowest, other.deliveries[0]?.tag ?? lowest);
    }
    return lowest;
  }
}
