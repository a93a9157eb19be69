import type { ConsumeMessage } from 'amqplib';
import { backoffMs, pause } from './backoff.ts';
import type { Receiver, Settler } from './broker-session.ts';
import type { Counters } from './counters.ts';
import { type Delivery, DeliveryBuffer } from './delivery-buffer.ts';
import { type Envelope, envelope, eventRecord } from './event.ts';
import type { Invoke, Outcome } from './invoke.ts';
import type { Log } from './log.ts';
import type { Mapping } from './settings.ts';
import { settlement } from './settlement.ts';

const firstRetryMs = 100;
const highestRetryMs = 30_000;

/** The comma behind each record; the last has none, so a batch may end a byte early. */
const SEPARATOR_BYTES = 1;

// A cold start, and on LocalStack the start of a container, counts before a function's own timeout begins.
const startAllowanceMs = 60_000;

/**
 * Turns what one mapping receives into invocations, one at a time unless configured otherwise. It outlives channels:
 * an invocation that runs while its channel is lost still counts as running, and its messages come again later.
 */
export class Dispatcher implements Receiver {
  readonly #mapping: Mapping;
  readonly #invoke: Invoke;
  readonly #log: Log;
  readonly #counters: Counters;
  readonly #envelope: Envelope;
  readonly #buffer: DeliveryBuffer;
  readonly #stopping = new AbortController();
  readonly #running = new Map<Promise<void>, readonly Delivery[]>();
  #settler: Settler | undefined;
  #windowTimer: NodeJS.Timeout | undefined;
  #wakeUpIsScheduled = false;
  #failuresInARow = 0;
  /** The first delivery that a stop has left unsettled: no acknowledgement may reach past it. */
  #lowestAbandonedTag = Number.POSITIVE_INFINITY;

  constructor(mapping: Mapping, invoke: Invoke, log: Log, counters: Counters) {
    this.#mapping = mapping;
    this.#invoke = invoke;
    this.#log = log;
    this.#counters = counters;
    this.#envelope = envelope(mapping);
    this.#buffer = new DeliveryBuffer({ records: mapping.batchSize, bytes: this.#envelope.roomBytes });
  }

  attach(settler: Settler): void {
    this.#settler = settler;
  }

  detach(): void {
    this.#settler = undefined;
    this.#lowestAbandonedTag = Number.POSITIVE_INFINITY;
    this.#buffer.clear();
  }

  receive(message: ConsumeMessage): void {
    if (this.#stopping.signal.aborted) return;
    const delivery = this.#accept(message);
    if (delivery === undefined) {
      this.#settler?.acknowledge({ singly: [message] });
      return;
    }
    this.#buffer.add(delivery);
    this.#scheduleWakeUp();
  }

  /** Takes nothing more, and resolves when the running invocations have ended and are settled. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    clearTimeout(this.#windowTimer);
    await Promise.all(this.#running.keys());
  }

  /** Undefined for a message that no function will see: like AWS, we acknowledge it. */
  #accept(message: ConsumeMessage): Delivery | undefined {
    if (this.#mapping.filter && !this.#mapping.filter(message.content)) {
      this.#counters.filteredMessages += 1;
      return undefined;
    }
    const { json, bytes } = eventRecord(message);
    if (bytes + SEPARATOR_BYTES > this.#envelope.roomBytes) {
      this.#counters.droppedMessages += 1;
      this.#log.error(`dropped a message of ${message.content.length} bytes: its event would be over 6 MB`);
      return undefined;
    }
    return { message, json, bytes: bytes + SEPARATOR_BYTES, arrivedAtMs: performance.now() };
  }

  /** Messages that one read from the socket brought arrive one after the other, before the event loop turns. */
  #scheduleWakeUp(): void {
    if (this.#wakeUpIsScheduled || this.#running.size >= this.#mapping.concurrency) return;
    this.#wakeUpIsScheduled = true;
    setImmediate(() => {
      this.#wakeUpIsScheduled = false;
      this.#wakeUp();
    });
  }

  #wakeUp(): void {
    clearTimeout(this.#windowTimer);
    while (this.#running.size < this.#mapping.concurrency && !this.#stopping.signal.aborted) {
      const waitMs = this.#buffer.dueAtMs(this.#mapping.batchingWindowMs) - performance.now();
      if (waitMs === Number.POSITIVE_INFINITY) return;
      if (waitMs > 0) {
        this.#windowTimer = setTimeout(() => this.#wakeUp(), waitMs);
        return;
      }
      this.#start(this.#buffer.take());
    }
  }

  #start(batch: readonly Delivery[]): void {
    const run = this.#run(batch)
      // Nothing below throws by design; if it does, the messages stay unacknowledged until the channel closes.
      .catch((error: unknown) => this.#log.error(`internal error: ${String(error)}`))
      .finally(() => {
        this.#running.delete(run);
        this.#wakeUp();
      });
    this.#running.set(run, batch);
  }

  async #run(batch: readonly Delivery[]): Promise<void> {
    const settler = this.#settler;
    const payload = this.#envelope.payload(batch.map(({ json }) => json));
    const { functionName, functionTimeoutSeconds } = this.#mapping;
    const timeoutMs = functionTimeoutSeconds * 1_000 + startAllowanceMs;
    while (settler !== undefined && settler === this.#settler) {
      const startedAtMs = performance.now();
      const outcome = await this.#invoke(functionName, payload, timeoutMs);
      const elapsedMs = Math.round(performance.now() - startedAtMs);
      this.#log.debug(`${batch.length} records, ${payload.length} bytes, ${elapsedMs} ms: ${outcome.kind}`);
      if (outcome.kind !== 'refused') this.#settle(batch, settler, outcome);
      if (outcome.kind === 'succeeded') return;
      await this.#waitAfter(outcome);
      // A function that did not run has not failed on these messages: they are kept, and the delivery count that
      // makes RabbitMQ dead-letter what fails too often stays as it is.
      if (outcome.kind === 'failed') return;
      if (this.#stopping.signal.aborted) {
        this.#abandon(batch, settler);
        return;
      }
    }
  }

  #abandon([first]: readonly Delivery[], settler: Settler): void {
    if (settler !== this.#settler || first === undefined) return;
    this.#lowestAbandonedTag = Math.min(this.#lowestAbandonedTag, first.message.fields.deliveryTag);
  }

  #settle(batch: readonly Delivery[], settler: Settler, outcome: Outcome): void {
    if (settler !== this.#settler) return;
    const others = [...this.#running.values()].filter((other) => other !== batch);
    const lowestOpenTag = Math.min(
      this.#buffer.lowestTag,
      this.#lowestAbandonedTag,
      ...others.map(([first]) => first?.message.fields.deliveryTag ?? Number.POSITIVE_INFINITY),
    );
    const messages = batch.map(({ message }) => message);
    if (outcome.kind === 'succeeded') {
      settler.acknowledge(settlement(messages, lowestOpenTag));
      this.#counters.acknowledgedBatches += 1;
      this.#counters.acknowledgedRecords += batch.length;
      this.#failuresInARow = 0;
    } else {
      settler.requeue(settlement(messages, lowestOpenTag));
      this.#counters.failedBatches += 1;
    }
  }

  /** The broker returns a requeued batch at once, so it is here again, in front of all others, when the wait is over. */
  async #waitAfter(outcome: Exclude<Outcome, { kind: 'succeeded' }>): Promise<void> {
    this.#failuresInARow += 1;
    const delayMs = backoffMs(this.#failuresInARow, firstRetryMs, highestRetryMs);
    this.#log.error(`${outcome.reason}; trying again in ${delayMs} ms`);
    await pause(delayMs, this.#stopping.signal);
  }
}
