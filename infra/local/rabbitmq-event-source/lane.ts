/** An unsettled message, as its record in an event. */
export type Delivery = {
  readonly tag: number;
  readonly redelivered: boolean;
  readonly json: string;
  /** The record's size in the event, with the comma after it. */
  readonly bytes: number;
  readonly arrivedAtMs: number;
};

export type BatchLimits = { readonly records: number; readonly bytes: number };

/** Deliveries in the order of their arrival. */
export class Lane {
  #deliveries: Delivery[] = [];
  bytes = 0;

  get size(): number {
    return this.#deliveries.length;
  }

  get lowestTag(): number {
    return this.#deliveries[0]?.tag ?? Number.POSITIVE_INFINITY;
  }

  get oldestArrivalMs(): number {
    return this.#deliveries[0]?.arrivedAtMs ?? Number.POSITIVE_INFINITY;
  }

  get newestArrivalMs(): number {
    return this.#deliveries.at(-1)?.arrivedAtMs ?? Number.POSITIVE_INFINITY;
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
