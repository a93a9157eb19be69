import type { ConsumeMessage } from 'amqplib';

/** A message this process holds and has not settled yet. */
export type Delivery = {
  readonly message: ConsumeMessage;
  readonly json: string;
  /** The record's size in the event, with the comma after it. */
  readonly bytes: number;
  readonly arrivedAtMs: number;
};

export type BatchLimits = { readonly records: number; readonly bytes: number };

/**
 * What has arrived and waits for an invocation. Messages that come again are taken before others and never together
 * with them, so that a batch that failed comes again as it was, and a message that fails does not spread its failure.
 */
export class DeliveryBuffer {
  readonly #limits: BatchLimits;
  readonly #again = new Lane();
  readonly #fresh = new Lane();

  constructor(limits: BatchLimits) {
    this.#limits = limits;
  }

  add(delivery: Delivery): void {
    (delivery.message.fields.redelivered ? this.#again : this.#fresh).add(delivery);
  }

  /** The next batch, oldest first, within the limits; empty when nothing waits. */
  take(): Delivery[] {
    return (this.#again.size > 0 ? this.#again : this.#fresh).take(this.#limits);
  }

  /** When the next batch is due: at once if it is full or comes again, else a window after its first message. */
  dueAtMs(windowMs: number): number {
    if (this.#again.size > 0) return 0;
    if (this.#fresh.size >= this.#limits.records || this.#fresh.bytes >= this.#limits.bytes) return 0;
    return this.#fresh.oldestArrivalMs + windowMs;
  }

  get lowestTag(): number {
    return Math.min(this.#again.lowestTag, this.#fresh.lowestTag);
  }

  clear(): void {
    this.#again.clear();
    this.#fresh.clear();
  }
}

class Lane {
  #deliveries: Delivery[] = [];
  bytes = 0;

  get size(): number {
    return this.#deliveries.length;
  }

  get lowestTag(): number {
    return this.#deliveries[0]?.message.fields.deliveryTag ?? Number.POSITIVE_INFINITY;
  }

  get oldestArrivalMs(): number {
    return this.#deliveries[0]?.arrivedAtMs ?? Number.POSITIVE_INFINITY;
  }

  add(delivery: Delivery): void {
    this.#deliveries.push(delivery);
    this.bytes += delivery.bytes;
  }

  take(limits: BatchLimits): Delivery[] {
    let count = 0;
    let bytes = 0;
    for (const delivery of this.#deliveries) {
      if (count === limits.records || bytes + delivery.bytes > limits.bytes) break;
      count += 1;
      bytes += delivery.bytes;
    }
    this.bytes -= bytes;
    return this.#deliveries.splice(0, count);
  }

  clear(): void {
    this.#deliveries = [];
    this.bytes = 0;
  }
}
